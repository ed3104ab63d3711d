import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from './errors.ts';
import type { PlatformModule } from './types/platform-module.ts';

export const platformsDir = join(import.meta.dirname, 'platforms');

/**
 * Every file of the folder is one platform, by its default export; folders are private parts.
 * @throws AppError INTERNAL naming the file: no default export, a wrong shape, a name that is not the file's.
 */
export async function loadPlatforms(folder = platformsDir): Promise<PlatformModule[]> {
  const files = readdirSync(folder).filter((name) => name.endsWith('.ts'));
  return Promise.all(
    files.sort().map(async (file) => {
      const path = join(folder, file);
      const { default: module } = (await import(path)) as { default?: Partial<PlatformModule> };
      const reason = whyUnfit(module, file);
      if (reason !== null) throw new AppError('INTERNAL', `${path} is no platform: ${reason}.`);
      return module as PlatformModule;
    }),
  );
}

function whyUnfit(module: Partial<PlatformModule> | undefined, file: string): string | null {
  if (module === undefined) return 'it has no default export';
  if (`${module.name}.ts` !== file) return `its name ${module.name} is not the file's`;
  if (typeof module.isConfigured !== 'function') return 'isConfigured(config) is missing';
  if (typeof module.create !== 'function') return 'create({ config, logger }) is missing';
  return null;
}
