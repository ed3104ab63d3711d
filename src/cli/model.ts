import { openCatalog, type CatalogModel } from '../catalog/catalog.ts';
import { invalidRequest } from '../errors.ts';
import type { ModelCheck } from '../types/model.ts';
import type { CliCommand } from './command.ts';

export default {
  summary: 'list, import and check models',
  usage: 'model list | import DIR [--name N] | check NAME',
  takesWords: true,
  flags: { name: { value: 'N', help: "the name to register under (default: the folder's)" } },
  settings: ['data-dir'],
  notes: [
    'A model is a folder in the diffusers layout. Importing registers it and copies nothing.',
  ],

  async run(line, config) {
    const [verb, subject, ...more] = line.words;
    const isJson = line.switches.has('json');
    if (line.faults.length > 0) throw invalidRequest(line.faults);
    const print = (json: unknown, text: string) =>
      console.log(isJson ? JSON.stringify(json) : text);
    const catalog = await openCatalog({ dataDir: config.dataDir });
    if (verb === 'list' && subject === undefined) {
      const models = catalog.list();
      print({ models: models.map(summary) }, models.map(describe).join('\n'));
      return 0;
    }
    if (verb === 'import' && subject !== undefined && more.length === 0) {
      const { model, check } = catalog.import(subject, line.values.name);
      print(
        { model: summary(model), check },
        `Imported ${model.name}: ${describeCheck(check)}\nDraw with it: quartet generate --model ${model.name} --prompt "…"`,
      );
      return 0;
    }
    if (verb === 'check' && subject !== undefined && more.length === 0) {
      const { model, check } = catalog.check(subject);
      print({ model: summary(model), check }, `${model.name} is complete: ${describeCheck(check)}`);
      return 0;
    }
    const message =
      'Write: quartet model list, quartet model import DIR [--name N] or quartet model check NAME.';
    throw invalidRequest([
      {
        field: 'model',
        value: line.words.join(' '),
        allowed: 'list, import DIR, check NAME',
        nearest: null,
        message,
      },
    ]);
  },
} satisfies CliCommand;

function summary({ name, folder, card, isBuiltIn }: CatalogModel) {
  return {
    name,
    family: card.family,
    folder,
    isBuiltIn,
    size: card.size,
    steps: card.steps,
    cfg: card.cfg,
  };
}

function describe({ name, folder, card, isBuiltIn }: CatalogModel): string {
  const place = isBuiltIn ? 'built in' : folder;
  return `${name}  ${card.family}  ${card.size.default} (${card.size.min} to ${card.size.max}), ${card.steps.default} steps, cfg ${card.cfg.default}  ${place}`;
}

function describeCheck({ components }: ModelCheck): string {
  return components
    .map(
      ({ name, tensors, bytes, dtypes }) =>
        `${name} ${tensors} tensors, ${formatBytes(bytes)} ${dtypes.join('/')}`,
    )
    .join('; ');
}

function formatBytes(bytes: number): string {
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
}
