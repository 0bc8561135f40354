import type { Input, InputAudioTrack, InputTrack, InputVideoTrack } from 'mediabunny';
import type { FilmTrack } from '../../domain/remux.ts';

export interface OpenTrack extends FilmTrack {
  readonly track: InputVideoTrack | InputAudioTrack;
}

/** What there is to see and to hear, those that whoever made the film preferred first. */
export async function filmTracks(input: Input): Promise<readonly OpenTrack[]> {
  const all = await Promise.all((await input.getTracks()).filter(isShownOrHeard).map(describe));
  return all.toSorted((one, other) => Number(other.isDefault) - Number(one.isDefault));
}

function isShownOrHeard(track: InputTrack): track is InputVideoTrack | InputAudioTrack {
  return track.isVideoTrack() || track.isAudioTrack();
}

async function describe(track: InputVideoTrack | InputAudioTrack): Promise<OpenTrack & { readonly isDefault: boolean }> {
  const codec = (await track.getCodec()) ?? nameOf(await track.getInternalCodecId());
  const { default: isDefault } = await track.getDisposition();
  return { track, kind: track.isVideoTrack() ? 'video' : 'audio', codec, isDefault };
}

/** As its container says it: `V_MPEG2`, `0x02`. */
function nameOf(codecId: string | number | Uint8Array | null): string {
  if (typeof codecId === 'string') return codecId;
  return `0x${Buffer.from(typeof codecId === 'number' ? [codecId] : (codecId ?? [])).toString('hex')}`;
}
