import type { Random } from '../base/random.ts';

/** One place of a service, as a SRV record tells it. */
export interface ServicePlace {
  readonly host: string;
  readonly port: number;
  /** The lowest is asked first. */
  readonly priority: number;
  /** Share of the requests among those of the same priority; 0 is hardly ever first. */
  readonly weight: number;
}

/**
 * The order in which to try them: by priority, and within one by chance in proportion to the weights.
 *
 * Source: RFC 2782, "Usage rules".
 */
export function orderServices<T extends ServicePlace>(places: readonly T[], random: Random): readonly T[] {
  const priorities = [...new Set(places.map(({ priority }) => priority))].sort((a, b) => a - b);
  return priorities.flatMap(priority => drawByWeight(places.filter(place => place.priority === priority), random));
}

function drawByWeight<T extends ServicePlace>(places: readonly T[], random: Random): readonly T[] {
  // Those of weight 0 stand first, so that only a draw of 0 takes them before the others.
  const left = [...places].sort((a, b) => Number(a.weight > 0) - Number(b.weight > 0));
  const drawn: T[] = [];
  while (left.length > 0) {
    const total = left.reduce((sum, { weight }) => sum + weight, 0);
    const draw = Math.floor(random() * (total + 1));
    let running = 0;
    const index = left.findIndex(({ weight }) => (running += weight) >= draw);
    drawn.push(...left.splice(index, 1));
  }
  return drawn;
}
