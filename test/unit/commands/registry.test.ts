import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { describeCommand } from '#src/commands/describe.ts';
import { emptyScope, findCommand, loadCommands } from '#src/commands/registry.ts';

/** Discord's rule for names of commands and options. */
const chatName = /^[-_'\p{L}\p{N}]{1,32}$/u;

describe('commands', () => {
  it('are the files of their folder', async () => {
    assert.deepEqual(
      [...(await loadCommands()).keys()],
      ['cancel', 'doctor', 'help', 'history', 'imagine', 'queue', 'settings', 'styles'],
    );
  });

  it('have names that every platform takes, in both languages, and at most 25 options', async () => {
    for (const command of (await loadCommands()).values()) {
      const { localName, options } = describeCommand(command, emptyScope);
      assert.ok(options.length <= 25);
      const names = [localName, ...options.map((option) => option.localName)].flatMap((one) =>
        Object.values(one),
      );
      for (const name of names) {
        assert.match(name, chatName);
        assert.equal(name, name.toLowerCase());
      }
      const firstOptional = options.findIndex(({ isRequired }) => !isRequired);
      assert.ok(
        firstOptional === -1 || options.slice(firstOptional).every(({ isRequired }) => !isRequired),
      );
    }
  });

  it('are found by their name in any language', async () => {
    const commands = await loadCommands();
    assert.equal(findCommand(commands, '画图')?.name, 'imagine');
    assert.equal(findCommand(commands, ' Imagine ')?.name, 'imagine');
    assert.equal(findCommand(commands, 'paint'), undefined);
  });

  for (const [source, reason] of [
    ['export const nothing = 1;', /no default export/],
    ["export default { name: 'other' };", /its name other is not the file's/],
    ["export default { name: 'broken' };", /options\(scope\) is missing/],
  ] as const) {
    it(`refuse a file of which ${String(reason)} is true, naming it`, async () => {
      const folder = mkdtempSync(join(tmpdir(), 'quartet-commands-'));
      writeFileSync(join(folder, 'broken.ts'), source);
      await assert.rejects(loadCommands(folder), (error: Error) => {
        assert.match(error.message, /broken\.ts/);
        assert.match(error.message, reason);
        return true;
      });
    });
  }
});
