#!/usr/bin/env node
import '../lib/apps/small-heap.ts';
import { peerProgram } from '../lib/apps/peer/flags.ts';
import { runPeer } from '../lib/apps/peer/peer.ts';
import { runProgram } from '../lib/apps/program.ts';

void runProgram(import.meta, peerProgram, runPeer);
