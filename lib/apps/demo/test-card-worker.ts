import { parentPort, workerData } from 'node:worker_threads';
import encoderModule from 'h264-mp4-encoder';
import { createTestCard, type TestCard } from './test-card.ts';

/** The encoding thread: gets a card, gives an MP4 of it. */

/** From 10 (best) to 51; with the grain, about 50 Mbit/s at 1280 × 720. */
const QUANTIZATION = 24;
const FASTEST = 10;

const card = workerData as TestCard;
const encoder = await encoderModule.createH264MP4Encoder();
encoder.width = card.width;
encoder.height = card.height;
encoder.frameRate = card.framesPerSecond;
encoder.quantizationParameter = QUANTIZATION;
encoder.speed = FASTEST;
// A key frame each second, so that players seek well.
encoder.groupOfPictures = card.framesPerSecond;
encoder.initialize();
const draw = createTestCard(card);
for (let frame = 0; frame < card.frames; frame += 1) encoder.addFrameYuv(draw(frame));
encoder.finalize();
const clip = encoder.FS.readFile(encoder.outputFilename).slice();
encoder.delete();
parentPort!.postMessage(clip, [clip.buffer]);
