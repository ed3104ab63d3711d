import { openCatalog } from '../catalog/catalog.ts';
import { describeCommand } from '../commands/describe.ts';
import { loadCommands } from '../commands/registry.ts';
import { invalidRequest } from '../errors.ts';
import { loadPlatforms } from '../load-platforms.ts';
import { nearestName } from '../nearest.ts';
import { createModels } from '../requests/models.ts';
import type { CliCommand } from './command.ts';

export default {
  summary: 'print the Slack manifest or the Discord invite link, and what to do with it',
  usage: 'setup discord|slack [--http]',
  takesWords: true,
  flags: {
    http: { value: null, help: 'Slack posts events to QUARTET_PUBLIC_URL; default: Socket Mode' },
  },
  settings: ['data-dir', 'model', 'public-url'],
  notes: ['The steps go to standard error, so that the manifest alone can be piped away.'],

  async run(line, config) {
    const platforms = (await loadPlatforms()).filter(({ setUp }) => setUp !== undefined);
    const known = platforms.map(({ name }) => name);
    const [wanted = '', ...more] = line.words;
    const platform = platforms.find(({ name }) => name === wanted);
    const faults = [...line.faults];
    if (!platform?.setUp || more.length > 0) {
      const value = line.words.join(' ');
      const message = `Say which one to set up: quartet setup ${known.join(' or quartet setup ')}.`;
      const nearest = nearestName(wanted, known);
      faults.push({ field: 'platform', value, allowed: known.join(', '), nearest, message });
    }
    if (!platform?.setUp || faults.length > 0) throw invalidRequest(faults);
    const scope = createModels(
      await openCatalog({ dataDir: config.dataDir }),
      config.model,
    ).scope();
    const commands = [...(await loadCommands()).values()].map((command) =>
      describeCommand(command, scope),
    );
    const { steps, text } = await platform.setUp({
      config,
      commands,
      isHttp: line.switches.has('http'),
    });
    if (line.switches.has('json')) {
      console.log(JSON.stringify({ steps, text }));
      return 0;
    }
    for (const [i, step] of steps.entries()) console.error(`${i + 1}. ${step}`);
    console.error('');
    if (text !== null) console.log(text);
    return 0;
  },
} satisfies CliCommand;
