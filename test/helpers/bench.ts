import { after, afterEach, before, beforeEach } from 'node:test';
import type { StoredRequest } from '#src/store/requests.ts';
import type { Store } from '#src/store/store.ts';
import type { Person } from '#src/types/chat.ts';
import { alice, createMemoryChat, type MemoryChat, type MemoryMessage } from './memory-platform.ts';
import { startTestPostgres, type TestPostgres } from './postgres.ts';
import { createProduct, until, type Product } from './product.ts';
import { createStubEngine, type StubEngine } from './stub-engine.ts';

/** Each test's own product on its own database: a bot that is connected, no worker yet. */
export interface Bench {
  chat: MemoryChat;
  product: Product;
  engine: StubEngine;
  store(): Store;
  openCount(): Promise<number>;
  /** The first message of a kind, once it is there and in that state. */
  message(kind: MemoryMessage['kind'], state?: string): Promise<MemoryMessage>;
  /** A request whose status is shown. */
  imagine(line?: string, person?: Person): Promise<StoredRequest>;
  /** A request whose pictures are posted. */
  drawn(
    line?: string,
    person?: Person,
  ): Promise<{ request: StoredRequest; results: MemoryMessage }>;
}

const usualLine = 'a red apple --seed 7 --steps 2';

/** Registers the hooks; what it returns is new before each test. */
export function useBench(): Bench {
  const bench = {} as Bench;
  let postgres: TestPostgres;
  before(async () => {
    postgres = await startTestPostgres();
  });
  after(() => postgres.stop());
  beforeEach(async () => {
    bench.chat = createMemoryChat();
    bench.product = createProduct(await postgres.createDatabase(), [bench.chat.module]);
    bench.engine = createStubEngine();
    await bench.product.startBot();
  });
  afterEach(() => bench.product.stop());

  bench.store = () => bench.product.bot().services.store;
  bench.openCount = async () => (await bench.store().requests.listOpen()).length;
  bench.message = (kind, state) =>
    until(() => bench.chat.of(kind).find((one) => state === undefined || one.state === state));
  bench.imagine = async (line = usualLine, person = alice) => {
    const count = bench.chat.of('status').length;
    await bench.chat.command(person, 'imagine', line);
    const { requestId } = await until(() => bench.chat.of('status')[count]);
    return until(() => bench.store().requests.find(requestId ?? ''));
  };
  bench.drawn = async (line, person) => {
    const request = await bench.imagine(line, person);
    const { id } = request;
    await until(async () => (await bench.store().requests.find(id))?.status === 'done');
    return {
      request,
      results: await until(() => bench.chat.of('results').find((one) => one.requestId === id)),
    };
  };
  return bench;
}
