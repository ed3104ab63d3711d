import { REST, Routes, type APIApplication } from 'discord.js';
import { toPlatformError } from './failures.ts';

/** Whose token it is, without connecting. `@throws AppError PLATFORM_FAILED` with a sentence. */
export async function findApplicationId({
  token,
  apiUrl,
}: {
  token: string;
  apiUrl: string;
}): Promise<string> {
  const rest = new REST({ version: '10', api: apiUrl.replace(/\/+$/, '') }).setToken(token);
  try {
    return ((await rest.get(Routes.currentApplication())) as APIApplication).id;
  } catch (thrown) {
    throw toPlatformError(thrown, { channel: 'Discord', missing: [] });
  }
}
