import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import anyTest, { type TestFn } from 'ava';
import type { Page } from 'playwright-core';
import { makeSampleVideo } from '../../lib/apps/demo/sample-video.ts';
import { MIB, SECOND_MS } from '../../lib/base/units.ts';
import { startChromium, Visitor, withChromium } from '../helpers/browser.ts';
import { eventually } from '../helpers/eventually.ts';
import { metricsAt } from '../helpers/metrics-text.ts';
import { ProcessCluster } from '../helpers/process-cluster.ts';
import { putVideo } from '../helpers/put-video.ts';

const FILM = 'tormenta.mp4';
/** Nearly two minutes at some 7 Mbit/s: far more than a browser reads ahead, and hardly any work to show. */
const CARD = { width: 320, height: 180, framesPerSecond: 50, frames: 100 };
const FILM_BYTES = 96 * MIB;
const SECONDARIES = 3;
const WATCHED_S = 11;
/** The browser reads some seconds ahead, and then nothing until it has played them. */
const FEEDS_WITHIN_MS = 60_000;
const STILL_MAX_MS = SECOND_MS;

withChromium(anyTest as TestFn, test => {
  test('a film plays on while the secondaries that feed it are killed, until one is left, and can then be sought in', async t => {
    t.timeout(240_000);
    const directory = await mkdtemp(join(tmpdir(), 'videopartes-playback-'));
    t.teardown(() => rm(directory, { recursive: true, force: true }));
    const film = join(directory, FILM);
    const { durationMs } = await makeSampleVideo(film, { sizeBytes: FILM_BYTES, card: CARD, signal: new AbortController().signal });
    t.true(durationMs >= 60 * SECOND_MS, `${durationMs} ms`);
    const cluster = await ProcessCluster.start(t, { secondaries: SECONDARIES, centralFlags: ['--replicas', String(SECONDARIES)] });
    await putVideo(cluster.folderOf(1), FILM, await readFile(film));
    await cluster.whenHeldBy(FILM, SECONDARIES);
    const feeders = await Feeders.of(cluster);
    const visitor = await Visitor.arrive(await startChromium(t), `http://127.0.0.1:${cluster.centralPort}`);
    const page = await visitor.open(`#/ver/${FILM}`);

    await page.locator('media-play-button').click();
    await eventually('it plays', () => page.evaluate<boolean>(PLAYS));
    while (feeders.alive.length > 1) {
      await feeders.killOneThatFeeds();
      const givenBytes = await feeders.givenBytes();
      const watched = await watch(page);
      t.log(watched, { givenBytes: (await feeders.givenBytes()) - givenBytes });
      t.true(watched.longestStillMs <= STILL_MAX_MS, `it stood still for ${watched.longestStillMs} ms`);
      t.true((await feeders.givenBytes()) > givenBytes, 'the others feed it');
    }
    await page.evaluate("(video => { video.currentTime = video.duration * 0.8; })(document.querySelector('video'))");
    await eventually('it plays from there', () => page.evaluate<boolean>(PLAYS_BEYOND_80_PERCENT));
    t.deepEqual(visitor.problems, []);
  });
});

/** The secondaries that are alive, by what they have given. */
class Feeders {
  readonly #cluster: ProcessCluster;
  readonly #urls: Map<number, string>;

  private constructor(cluster: ProcessCluster, urls: Map<number, string>) {
    this.#cluster = cluster;
    this.#urls = urls;
  }

  static async of(cluster: ProcessCluster): Promise<Feeders> {
    const { nodes } = await cluster.ask<{ nodes: readonly { number: number; url: string }[] }>('/nodes');
    return new Feeders(cluster, new Map(nodes.map(({ number, url }) => [number, url])));
  }

  get alive(): readonly number[] {
    return [...this.#urls.keys()];
  }

  async givenBytes(): Promise<number> {
    return [...(await this.#given()).values()].reduce((sum, bytes) => sum + bytes, 0);
  }

  /** Bytes of the film leave it in the moment when it dies, or did just before. */
  async killOneThatFeeds(): Promise<void> {
    const before = await this.#given();
    const feeding = await eventually('one of them gives bytes', async () => [...(await this.#given())].find(([number, bytes]) => bytes > before.get(number)!)?.[0], FEEDS_WITHIN_MS);
    this.#urls.delete(feeding);
    await this.#cluster.killSecondary(feeding);
  }

  async #given(): Promise<ReadonlyMap<number, number>> {
    return new Map(await Promise.all([...this.#urls].map(async ([number, url]) => [number, (await metricsAt(url)).get('videopartes_secondary_served_bytes_total')!] as const)));
  }
}

interface Watched {
  readonly playedS: number;
  /** What the player had ahead, in seconds, when it began. */
  readonly aheadS: number;
  readonly longestStillMs: number;
}

/** Watches until it has seen `WATCHED_S` seconds of the film, and beyond what the player had already. */
function watch(page: Page): Promise<Watched> {
  // A picture that moved between two looks did not stand still, however late a busy machine looks.
  return page.evaluate<Watched>(`new Promise(resolve => {
    const video = document.querySelector('video');
    const from = video.currentTime;
    const ahead = video.buffered.length > 0 ? video.buffered.end(video.buffered.length - 1) : from;
    let [last, movedAtMs, longestStillMs] = [from, performance.now(), 0];
    const look = () => {
      const [nowMs, current] = [performance.now(), video.currentTime];
      if (current === last) longestStillMs = Math.max(longestStillMs, nowMs - movedAtMs);
      else [last, movedAtMs] = [current, nowMs];
      if (current > Math.max(from + ${WATCHED_S}, ahead) || longestStillMs > ${20 * SECOND_MS}) resolve({ playedS: current - from, aheadS: ahead - from, longestStillMs });
      else requestAnimationFrame(look);
    };
    look();
  })`);
}

const PLAYS = "(document.querySelector('video')?.currentTime ?? 0) > 0.2";
const PLAYS_BEYOND_80_PERCENT = "(video => !video.seeking && video.currentTime > video.duration * 0.8 + 1)(document.querySelector('video'))";
