import type { Video } from '../../domain/catalog.ts';
import type { FileId } from '../../domain/file.ts';
import { orderOfDanger, shortagesIn, type Census } from '../../domain/repair-plan.ts';
import { limits } from '../../protocol/limits.ts';
import { filesNeeding } from './node-needs.ts';
import type { PlannedState } from './state.ts';

/** Orders the copies that are missing and the drops of those that are too many; tells of nodes that are drained. */
export async function planReplicas(state: PlannedState): Promise<void> {
  await orderCopies(state);
  await orderDrops(state);
  await watchDrains(state);
}

/** As the central sees it now. */
export function censusOf({ registry, returns, hotFiles, clock, settings }: PlannedState): Census {
  const nowMs = clock.now();
  return {
    replicas: settings.replicas,
    extraFor: id => hotFiles.extraFor(id, nowMs),
    returnsOf: id => returns.of(id, nowMs),
    living: registry.counted(nowMs, 0),
    counted: registry.counted(nowMs, settings.repairDelayMs),
  };
}

async function orderCopies(state: PlannedState): Promise<void> {
  const { catalog, registry, replication, returns, hotFiles, clock, log } = state;
  const nowMs = clock.now();
  if (!registry.knowsCopies(nowMs)) return;
  const census = censusOf(state);
  const nodes = registry.all(nowMs);
  const sources = nodes.filter(({ number }) => registry.isAvailable(number, nowMs)).map(({ number }) => number);
  // Those that nobody copies although it was told to do not take the place of others.
  const limit = Math.min(limits.repairsPlanned + replication.refusedFiles, limits.repairsPlannedMax);
  const places = { sources, rooms: replication.roomsIn(nodes) };
  const videos: Video[] = [];
  for (const { wanted, among } of sources.length === 0 ? [] : shortagesIn(census)) {
    videos.push(...(await catalog.underReplicated(wanted, among, limit, places)));
  }
  // What is being copied is still wanted, however much else came before it in the meantime.
  const others = [...replication.standing.map(({ video }) => video.id), ...hotFiles.hottest(limits.hotFilesPlanned, nowMs)];
  videos.push(...(await videosBeside(videos, others, state)));
  returns.note(await catalog.returning(videos.map(({ id }) => id)), nowMs);
  const wanting = orderOfDanger(videos, census).filter(({ video }) => video.nodes.some(node => sources.includes(node)));
  for (const { node, video } of replication.plan(wanting, nodes, nowMs)) {
    log.info('copy.ordered', { name: video.name, number: node, sources: video.nodes });
  }
}

async function orderDrops(state: PlannedState): Promise<void> {
  const { catalog, registry, surplus, clock, log, settings } = state;
  const nodes = registry.all(clock.now());
  const certain = surplus.certain(nodes).map(({ number }) => number);
  const standing = surplus.standing.map(({ video }) => video.id);
  const limit = Math.min(limits.surplusPlanned + standing.length, limits.repairsPlannedMax);
  const videos = certain.length > settings.replicas ? [...(await catalog.overReplicated(settings.replicas, certain, limit))] : [];
  videos.push(...(await videosBeside(videos, standing, state)));
  const { extraFor } = censusOf(state);
  const crowds = videos.map(video => ({ video, wanted: settings.replicas + extraFor(video.id) }));
  for (const { node, video } of surplus.plan(crowds, nodes)) log.info('drop.ordered', { name: video.name, number: node });
}

async function watchDrains(state: PlannedState): Promise<void> {
  const { registry, clock, log } = state;
  for (const { number, mode } of registry.all(clock.now())) {
    if (mode !== 'draining') continue;
    const isDrained = (await filesNeeding(state, number, 1)) === 0;
    if (registry.noteDrained(number, isDrained) && isDrained) log.info('drain.finished', { number });
  }
}

/** Those of the files, as they are now, that are not among the videos. */
async function videosBeside(videos: readonly Video[], ids: readonly FileId[], { catalog }: PlannedState): Promise<readonly Video[]> {
  const known = new Set(videos.map(({ id }) => id));
  const found: Video[] = [];
  for (const id of new Set(ids)) {
    const video = known.has(id) ? undefined : await catalog.findById(id);
    if (video) found.push(video);
  }
  return found;
}
