import { typedName, type FlagValues } from '../flags.ts';
import type { clientProgram } from './flags.ts';
import type { OrderFlags } from './orders.ts';

const listOrders = { nombre: 'name', fecha: 'date', tamaño: 'size', tamano: 'size' } as const;

/** The flags that only some orders take, as orders know them. */
export function orderFlags(flags: FlagValues<(typeof clientProgram)['flags']>): OrderFlags {
  const { salida, espejos, lista, reproductor, nombreRemoto, reemplazar, titulo, descripcion, como, si, orden, descarga, compartir } = flags;
  return {
    hasOutput: salida !== undefined,
    areMirrors: espejos,
    list: lista,
    hasPlayer: reproductor !== undefined,
    hasRemoteName: nombreRemoto !== undefined,
    uploadFlags: Object.entries({ reemplazar: reemplazar || undefined, titulo, descripcion }).flatMap(([key, value]) => (value === undefined ? [] : [typedName(key)])),
    isSharing: compartir,
    as: como,
    isSure: si,
    hasDownload: descarga !== undefined,
    order: orden === undefined ? undefined : listOrders[orden as keyof typeof listOrders],
  };
}
