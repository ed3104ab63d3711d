import { createBlockedWords, type BlockedWords } from './blocked-words.ts';
import { createCandidates, type Candidates } from './candidates.ts';
import { createChannels, type Channels } from './channels.ts';
import { openDatabase, type DatabaseOptions } from './database.ts';
import { createDeliveries, type Deliveries } from './deliveries.ts';
import { createInteractions, type Interactions } from './interactions.ts';
import { createMembers, type Members } from './members.ts';
import { migrate } from './migrate.ts';
import { createRequests, type Requests } from './requests.ts';
import { createStyles, type Styles } from './styles.ts';
import { createVotes, type Votes } from './votes.ts';
import { createWorkspaces, type Workspaces } from './workspaces.ts';

/** Everything that has to outlive the process, but for the pictures. */
export interface Store {
  workspaces: Workspaces;
  members: Members;
  channels: Channels;
  blockedWords: BlockedWords;
  styles: Styles;
  requests: Requests;
  candidates: Candidates;
  votes: Votes;
  deliveries: Deliveries;
  interactions: Interactions;
  /** Resolves when the database answers. `@throws AppError STORAGE_FAILED` */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Connects and brings the tables up to date.
 * @throws AppError STORAGE_FAILED or CONFIG_INVALID with what to do; never with the address.
 */
export async function openStore(options: DatabaseOptions): Promise<Store> {
  const database = openDatabase(options);
  try {
    await migrate(database);
  } catch (thrown) {
    await database.close();
    throw thrown;
  }
  return {
    workspaces: createWorkspaces(database),
    members: createMembers(database),
    channels: createChannels(database),
    blockedWords: createBlockedWords(database),
    styles: createStyles(database),
    requests: createRequests(database),
    candidates: createCandidates(database),
    votes: createVotes(database),
    deliveries: createDeliveries(database),
    interactions: createInteractions(database),
    async ping() {
      await database.query('SELECT 1');
    },
    close: () => database.close(),
  };
}
