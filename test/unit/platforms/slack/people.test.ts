import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPeople, toLocale, toPerson } from '#src/platforms/slack/people.ts';

test('reads name, language and rights of a person', () => {
  assert.deepEqual(
    toPerson('U1', {
      name: 'bao',
      locale: 'zh-TW',
      is_owner: true,
      profile: { display_name: '小宝' },
    }),
    { id: 'U1', name: '小宝', locale: 'zh-CN', isLead: true },
  );
  assert.equal(toLocale('de-DE'), 'en');
});

test('asks Slack once for several events of one person', async () => {
  let asked = 0;
  const people = createPeople(
    {
      call: async () => {
        asked += 1;
        return { ok: true, user: { real_name: 'Alice' } };
      },
    },
    () => assert.fail(),
  );
  const found = await Promise.all([people.find('U1'), people.find('U1')]);
  await people.find('U1');
  assert.equal(found[1].name, 'Alice');
  assert.equal(asked, 1);
});

test('lets someone unknown ask without the rights of a lead', async () => {
  const failures: unknown[] = [];
  const people = createPeople({ call: () => Promise.reject(new Error('down')) }, (error) =>
    failures.push(error),
  );
  assert.deepEqual(await people.find('U1', 'alice'), {
    id: 'U1',
    name: 'alice',
    locale: 'en',
    isLead: false,
  });
  assert.equal(failures.length, 1);
});
