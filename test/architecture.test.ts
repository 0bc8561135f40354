import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import test from 'ava';
import { VERSION } from '../lib/protocol/version.ts';

/** Who may import whom; the drawing is in `docs/architecture.md`. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  bench: ['bench', 'test', 'apps', 'io', 'protocol', 'domain', 'base'],
  bin: ['apps', 'base'],
  apps: ['apps', 'protocol', 'domain', 'base'],
  io: ['io', 'protocol', 'domain', 'base'],
  protocol: ['protocol', 'domain', 'base'],
  domain: ['domain', 'base'],
  base: ['base'],
  web: ['web', 'protocol', 'domain', 'base'],
};
const harmlessModules = new Set(['node:crypto', 'node:util']);

test('no import points up', t => {
  const upwards = allImports().filter(({ file, target }) => {
    const [from, to] = [layerOf(file), layerOf(target)];
    return target.startsWith('.') && !mayImport[from]!.includes(to) && !(to === 'io' && isCompositionRoot(file));
  });
  t.deepEqual(upwards, []);
});

test('the domain never touches the world', t => {
  const worldly = allImports().filter(
    ({ file, target }) => layerOf(file) === 'domain' && !target.startsWith('.') && !harmlessModules.has(target),
  );
  t.deepEqual(worldly, []);
});

test('the version is the one of package.json', t => {
  t.like(JSON.parse(readFileSync('package.json', 'utf8')), { version: VERSION });
});

/** `target` is a module's name, or for a file of ours its path: `./lib/io/…`. */
function allImports(): readonly { readonly file: string; readonly target: string }[] {
  const files = ['bin', 'lib', 'bench', 'web'].flatMap(folder =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map(name => join(folder, name)),
  );
  return files.filter(file => /\.tsx?$/.test(file)).flatMap(file => {
    const imports = readFileSync(file, 'utf8').matchAll(/^(?:import|export) (?:[^;'"]*? from )?'([^']+)'|\bimport\('([^']+)'\)/gm);
    return [...imports].map(([, named, dynamic]) => {
      const target = (named ?? dynamic)!;
      return { file, target: target.startsWith('.') ? `./${join(dirname(file), target)}` : target };
    });
  });
}

/** `lib/io/http/listen.ts` → `io`, `bin/videocliente.ts` → `bin`. */
function layerOf(path: string): string {
  return /^(?:\.[\\/])?(?:lib[\\/])?(\w+)/.exec(path)?.[1] ?? '';
}

/** The files of a program that may name what touches the world: `lib/apps/central/central.ts`, and the common frame. */
function isCompositionRoot(file: string): boolean {
  const isProgram = layerOf(file) === 'apps' && basename(file) === `${basename(dirname(file))}.ts`;
  return isProgram || file === join('lib', 'apps', 'program.ts');
}
