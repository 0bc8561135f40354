import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Script } from 'node:vm';

/**
 * Stands for each program in `dist/bin`: runs the bundle beside it, already compiled. V8 refuses what another version of
 * itself compiled, and compiles the bundle anew then.
 */
const bundle = import.meta.filename.replace(/\.js$/, '.cjs');
const program = new Script(readFileSync(bundle, 'utf8'), {
  filename: bundle,
  cachedData: readFileSync(`${bundle}.cache`),
});
type Run = (require: NodeJS.Require, programMeta: ImportMeta, filename: string, dirname: string) => void;
(program.runInThisContext() as Run)(createRequire(bundle), import.meta, bundle, import.meta.dirname);
