import type { Command, CommandOutput } from '../../base/command.ts';
import { formatBytes, formatDuration } from '../../base/units.ts';
import { copyLeftMs } from '../../domain/explanation.ts';
import { countReplicas } from '../../domain/replica-census.ts';
import { nodeRow } from '../node-rows.ts';
import type { Reader } from './commands.ts';
import { explainVideo } from './explaining.ts';
import { explanationText, percentOf } from './explanation-text.ts';
import { listedNodes } from './node-list.ts';
import { drainNode, reactivateNode, retireNode } from './node-modes.ts';
import { censusOf } from './repairs.ts';
import type { CentralState } from './state.ts';

/** What the console tells of nodes and replicas, and what it decides about nodes. */
export function replicationCommands(state: CentralState, reader: Reader): readonly Command[] {
  const { replication, central, client } = reader.messages;
  const { commands } = central;
  const decisions = [
    { name: 'DRENAR', help: commands.drain, decide: drainNode, told: replication.draining },
    { name: 'RETIRAR', help: commands.retire, decide: retireNode, told: replication.retired },
    { name: 'REACTIVAR', help: commands.reactivate, decide: reactivateNode, told: replication.reactivated },
  ];
  return [
    {
      name: 'NODOS',
      aliases: ['ESTADO'],
      help: commands.nodes,
      async run(_argument, output) {
        const nodes = listedNodes(state);
        if (nodes.length === 0) return output.line(client.noNodes);
        output.table(client.nodeHeadings, nodes.map(node => nodeRow(node, reader)), nodes);
      },
    },
    { name: 'REPLICAS', help: commands.replicas, run: (_argument, output) => showReplicas(state, output, reader) },
    {
      name: 'POR_QUE',
      argument: client.argumentNames.name,
      help: commands.why,
      async run(name, output) {
        const explanation = await explainVideo(state, name);
        for (const line of explanationText(explanation, reader)) output.line(line);
        output.record(explanation);
      },
    },
    ...decisions.map(({ name, help, decide, told }) => ({
      name,
      argument: replication.nodeArgument,
      help,
      async run(typed: string, output: CommandOutput) {
        const { number, files } = await decide(state, Number(typed));
        output.line(told(number, files));
      },
    })),
  ];
}

async function showReplicas(state: CentralState, output: CommandOutput, { language, messages }: Reader): Promise<void> {
  const { replication, surplus, settings, clock } = state;
  const { replication: texts, client } = messages;
  const counts = countReplicas(await state.catalog.holderSets(), censusOf(state).counted);
  if (counts.length === 0) return output.line(client.noVideos);
  const rows = counts.map(({ replicas, videos, bytes }) => [texts.replicasOf(replicas, settings.replicas), String(videos), formatBytes(bytes, language)]);
  output.table(texts.setHeadings, rows, counts.map(count => ({ ...count, wanted: settings.replicas })));
  const copies = replication.standing.map(order => ({ order, leftMs: copyLeftMs(order, clock.now()) }));
  if (copies.length === 0) output.line(texts.noCopies);
  else {
    output.table(
      texts.copyHeadings,
      copies.map(({ order: { node, video, progress }, leftMs }) => [
        video.name,
        String(node),
        formatBytes(video.sizeBytes, language),
        progress ? percentOf(progress.doneBytes, video.sizeBytes) : texts.queued,
        leftMs === undefined ? '' : formatDuration(leftMs),
      ]),
      copies.map(({ order: { node, video, progress } }) => ({ name: video.name, node, sizeBytes: video.sizeBytes, doneBytes: progress?.doneBytes ?? 0 })),
    );
  }
  if (surplus.standing.length > 0) output.line(texts.dropping(surplus.standing.length));
}
