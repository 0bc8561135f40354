import { channelUrl } from '../../lib/protocol/channel-files.ts';
import { errorOf } from '../api.ts';
import { findRefusal } from '../refusal.ts';

/** Why a channel is not seen. */
export type Obstacle = 'ended' | 'full' | 'busy' | 'secret' | 'broken' | 'impossible';

const obstacles: Readonly<Record<string, Obstacle>> = { not_found: 'ended', channel_full: 'full', channels_full: 'busy' };

/** Asks as the player does, which does not say why it got nothing. `soon`: nothing came of the channel yet. */
export async function findObstacle(id: string): Promise<Obstacle | 'none' | 'soon'> {
  const url = channelUrl(id);
  try {
    const response = await fetch(url, { cache: 'no-store' });
    if (response.ok) return 'none';
    if (response.status === 401 || response.status === 403) return (await findRefusal(url)) === 'renewed' ? 'none' : 'secret';
    const { code } = errorOf(await response.text(), response.status);
    return code === 'nothing_shown' ? 'soon' : (obstacles[code] ?? 'broken');
  } catch {
    return 'broken';
  }
}
