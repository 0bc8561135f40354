#!/usr/bin/env node
import '../lib/apps/small-heap.ts';
import { liveProgram } from '../lib/apps/live/flags.ts';
import { runLive } from '../lib/apps/live/live.ts';
import { runProgram } from '../lib/apps/program.ts';

void runProgram(import.meta, liveProgram, runLive);
