#!/usr/bin/env node
import { runDemo } from '../lib/apps/demo/demo.ts';
import { demoProgram } from '../lib/apps/demo/flags.ts';
import { runProgram } from '../lib/apps/program.ts';

void runProgram(import.meta, demoProgram, program => runDemo(program, import.meta.dirname));
