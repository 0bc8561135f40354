#!/usr/bin/env node
import '../lib/apps/small-heap.ts';
import { runClient } from '../lib/apps/client/client.ts';
import { clientProgram } from '../lib/apps/client/flags.ts';
import { runProgram } from '../lib/apps/program.ts';

void runProgram(import.meta, clientProgram, runClient);
