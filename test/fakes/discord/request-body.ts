import type { IncomingMessage } from 'node:http';
import { maxRequestBytes, type UploadedFile } from './check-message.ts';
import { discordError, formError } from './errors.ts';

export interface ParsedBody {
  payload: unknown;
  files: UploadedFile[];
}

/** Reads a whole request; one that is too large is read to its end, but not kept. */
export async function readBody(request: IncomingMessage): Promise<Buffer | 'too-large'> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const piece = chunk as Buffer;
    size += piece.length;
    if (size <= maxRequestBytes) chunks.push(piece);
    else chunks.length = 0;
  }
  return size > maxRequestBytes ? 'too-large' : Buffer.concat(chunks);
}

/** Understands JSON and multipart forms with `payload_json` and `files[n]`. */
export async function parseBody(contentType: string, bytes: Buffer): Promise<ParsedBody> {
  if (bytes.length === 0) return { payload: undefined, files: [] };
  if (!contentType.startsWith('multipart/form-data')) {
    return { payload: parseJson(bytes.toString('utf8')), files: [] };
  }
  let form: FormData;
  try {
    form = await new Response(new Uint8Array(bytes), {
      headers: { 'Content-Type': contentType },
    }).formData();
  } catch {
    throw formError([
      { path: '', code: 'MULTIPART_INVALID', message: 'The multipart form cannot be read.' },
    ]);
  }
  const files: UploadedFile[] = [];
  let payload: unknown = {};
  for (const [name, value] of form.entries()) {
    const key = /^files\[(\d+)\]$/.exec(name)?.[1];
    if (name === 'payload_json') {
      payload = parseJson(
        typeof value === 'string' ? value : Buffer.from(await value.arrayBuffer()).toString('utf8'),
      );
    } else if (key !== undefined && typeof value !== 'string') {
      const data = Buffer.from(await value.arrayBuffer());
      files.push({
        key,
        filename: value.name,
        contentType: value.type || 'application/octet-stream',
        bytes: data,
      });
    } else {
      throw formError([
        { path: name, code: 'MULTIPART_UNKNOWN_PART', message: `Unknown part "${name}".` },
      ]);
    }
  }
  return { payload, files };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw discordError('badJson');
  }
}
