import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AppError } from '../errors.ts';

/** @throws AppError CONFIG_INVALID: the port is taken or not allowed, the address is none of this machine's. */
export async function listen(
  listener: RequestListener,
  host: string,
  port: number,
): Promise<Server> {
  const server = createServer(listener);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(port, host, resolve);
  try {
    await promise;
    return server;
  } catch (cause) {
    throw new AppError('CONFIG_INVALID', explain(cause as NodeJS.ErrnoException, host, port), {
      cause,
    });
  }
}

export function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

function explain({ code, message }: NodeJS.ErrnoException, host: string, port: number): string {
  switch (code ?? '') {
    case 'EADDRINUSE':
      return `Port ${port} is taken by another program: stop that one, or choose another port with --port (QUARTET_PORT).`;
    case 'EACCES':
      return `Port ${port} is not allowed for this user: choose one above 1023 with --port (QUARTET_PORT).`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `${host} is no address of this machine: choose another with --host (QUARTET_HOST), such as 127.0.0.1 or 0.0.0.0.`;
    default:
      return `The console could not listen on ${host}:${port}: ${message}.`;
  }
}
