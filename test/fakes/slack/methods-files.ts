import { isObject, toObjects, toText, type Json } from './json.ts';
import { refuse, type Core, type Method } from './method.ts';
import { whyNotWritable } from './methods-chat.ts';
import { botUserId, type FakeFile } from './world.ts';

const longestAltText = 1000;

function toFileJson(core: Core, file: FakeFile): Json {
  const isReady = core.world.isFileReady(file);
  return {
    id: file.id,
    name: file.name,
    title: file.title,
    alt_txt: file.altText,
    size: file.length,
    mimetype: isReady ? 'image/png' : '',
    filetype: isReady ? 'png' : '',
    url_private: `${core.origin()}/files/${file.id}/${file.name}`,
    shares: {},
  };
}

export const fileMethods: Record<string, Method> = {
  'files.getUploadURLExternal': {
    scopes: ['files:write'],
    token: 'bot',
    tier: 4,
    run({ world, origin }, args) {
      const length = Number(args['length']);
      const name = toText(args['filename']);
      if (name === '' || !Number.isInteger(length) || length <= 0)
        return refuse('invalid_arguments');
      const altText = toText(args['alt_txt']);
      if (altText.length > longestAltText) return refuse('alt_txt_too_large');
      const id = world.nextId('F');
      world.files.set(id, {
        id, name, altText, length, title: name, bytes: null, isComplete: false, readyAtMs: 0, sharedIn: [],
      }); // prettier-ignore
      return { ok: true, upload_url: `${origin()}/upload/v1/${id}`, file_id: id };
    },
  },
  'files.completeUploadExternal': {
    scopes: ['files:write'],
    token: 'bot',
    tier: 4,
    run(core, args) {
      const { world } = core;
      const files = toObjects(args['files']);
      if (files.length === 0) return refuse('invalid_arguments');
      const channel = toText(args['channel_id']);
      const reason = channel === '' ? null : whyNotWritable(world, channel);
      if (reason !== null) return refuse(reason);
      const found = files.map(({ id }) => world.files.get(toText(id)));
      // An upload is completed once.
      if (found.some((file) => !file?.bytes || file.isComplete)) return refuse('file_not_found');
      const thread = args['thread_ts'];
      if (thread !== undefined && !world.find(channel, thread)) return refuse('thread_not_found');
      for (const [i, file] of (found as FakeFile[]).entries()) {
        file.isComplete = true;
        file.title = toText(files[i]?.['title']) || file.title;
        file.readyAtMs = world.now() + world.fileReadyMs;
        if (channel !== '') file.sharedIn.push(channel);
      }
      if (channel !== '') {
        world.post({
          channel,
          threadTs: toText(args['thread_ts']) || null,
          user: botUserId,
          text: toText(args['initial_comment']),
          blocks: (found as FakeFile[]).map(({ id, altText, name }) => ({
            type: 'image', slack_file: { id }, alt_text: altText || name,
          })), // prettier-ignore
        });
      }
      core.changed();
      return { ok: true, files: (found as FakeFile[]).map((file) => toFileJson(core, file)) };
    },
  },
  'files.info': {
    scopes: ['files:read'],
    token: 'bot',
    tier: 4,
    run(core, args) {
      const file = core.world.files.get(toText(args['file']));
      // Before it is completed an upload is nobody's file.
      if (!file?.isComplete) return refuse('file_not_found');
      return { ok: true, file: toFileJson(core, file) };
    },
  },
  'files.delete': {
    scopes: ['files:write'],
    token: 'bot',
    tier: 3,
    run({ world, changed }, args) {
      if (!world.files.delete(toText(args['file']))) return refuse('file_not_found');
      for (const message of world.messages) {
        message.blocks = message.blocks.filter(
          ({ slack_file: shown }) => !isObject(shown) || shown['id'] !== args['file'],
        );
      }
      changed();
      return { ok: true };
    },
  },
};
