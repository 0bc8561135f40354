import { roleSecrets } from '../../lib/domain/roles.ts';
import { outerAddress } from './outer-address.ts';
import { startProgram, type TalkingProgram, type Teardown } from './programs.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const anywhere = (ip: string) => ['--ip', ip, '--puerto', '0'];
export const ANYWHERE = anywhere('0.0.0.0');

/** A central that others can reach, at `address` for example, and the secrets that it made. */
export async function startOuterCentral(t: Teardown, flags: readonly string[] = [], address = outerAddress!) {
  const cwd = await temporaryDirectory(t);
  const isV6 = address.includes(':');
  const central = startProgram(t, 'videocentral', [...(isV6 ? anywhere('::') : ANYWHERE), ...flags], { cwd });
  const [, told] = await central.says(/Secreto de administración.*: ([0-9a-f]{48})\./);
  const [, port] = await central.says(/a la escucha en http:\/\/(?:0\.0\.0\.0|\[::\]):(\d+)/);
  const toCentral = ['--ip-central', address, '--puerto-central', port!];
  return { cwd, central, secrets: roleSecrets(told!), toCentral, url: `http://${isV6 ? `[${address}]` : address}:${port}` };
}

export type OuterSite = Awaited<ReturnType<typeof startOuterCentral>>;

/** Resolves when the central has reached it. */
export async function startNode(t: Teardown, { cwd, central, toCentral }: OuterSite, number: number, secret: string): Promise<TalkingProgram> {
  const node = startProgram(t, 'videosecundario', ['-n', String(number), ...ANYWHERE, ...toCentral, '--secreto', secret], { cwd });
  await central.says(new RegExp(`Secundario ${number} se ha unido`));
  return node;
}
