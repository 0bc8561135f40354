/** A console's commands are written here and drawn by `io/terminal`: what both know of them is in `base`. */
export type { Command, CommandOutput } from '../base/command.ts';
