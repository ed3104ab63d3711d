import { z } from 'zod';
import { defineCommand } from '#src/commands/define-command.ts';
import { readSettingChanges } from '#src/requests/setting-changes.ts';
import { createTexts } from '#src/texts/index.ts';

/** What holds in this channel and workspace; without options it is only shown. */
export default defineCommand({
  name: 'settings',
  isForLeads: true,
  hasForm: true,

  options: () =>
    z.object({
      allowed: z.boolean().optional(),
      model: z.string().optional().meta({ suggest: true }),
      style: z.string().optional().meta({ suggest: true }),
      language: z.enum(['en', 'zh-CN', 'default']).optional(),
      reroll: z.string().max(20).optional().meta({ suggest: true }),
      adult: z.enum(['yes', 'no', 'default']).optional(),
      block: z.string().max(80).optional(),
      unblock: z.string().max(80).optional().meta({ suggest: true }),
      lead: z.string().max(40).optional(),
      unlead: z.string().max(40).optional(),
      leadrole: z.string().max(40).optional(),
    }),

  async run({ bot, options, person, place, reply, texts }) {
    const { channels, blockedWords, members, workspaces } = bot.store;
    const { workspaceId, channelId } = place;
    const { channel, lead, unlead } = await readSettingChanges(bot, options, place, texts);
    if (Object.keys(channel).length > 0) await channels.change(workspaceId, channelId, channel);
    if (options.block !== undefined) await blockedWords.add(workspaceId, options.block, person.id);
    if (options.unblock !== undefined) await blockedWords.remove(workspaceId, options.unblock);
    if (lead !== null) await members.setRole(workspaceId, lead, 'lead');
    if (unlead !== null) await members.setRole(workspaceId, unlead, 'member');
    if (options.leadrole !== undefined) {
      const role = options.leadrole.replaceAll(/[<@&>]/g, '').trim();
      if ((await workspaces.find(workspaceId)) === null)
        await workspaces.seen({ id: workspaceId, platform: place.platform, name: workspaceId });
      await workspaces.setLeadRole(workspaceId, role === 'none' ? null : role);
    }

    const [now, words, leads, workspace] = await Promise.all([
      channels.settings(workspaceId, channelId),
      blockedWords.list(workspaceId),
      members.leads(workspaceId),
      workspaces.find(workspaceId),
    ]);
    const said = (value: string | null) => value ?? texts('settings.default');
    const yesNo = (value: boolean) => texts(value ? 'settings.yes' : 'settings.no');
    const { reroll } = now;
    await reply({
      text: [
        texts('settings.allowed', { value: yesNo(now.isAllowed) }),
        texts('settings.model', { value: now.model ?? bot.models.defaultName }),
        texts('settings.style', { value: said(now.style) }),
        texts('settings.language', { value: said(now.locale) }),
        texts('settings.reroll', {
          value:
            typeof reroll === 'object'
              ? texts('settings.rerollPeople', { people: reroll.people })
              : texts(`settings.reroll.${reroll}`),
        }),
        texts('settings.adult', {
          value: now.allowsAdult === null ? texts('settings.asMarked') : yesNo(now.allowsAdult),
        }),
        texts('settings.blocked', { words: words.join(', ') || '–' }),
        texts('settings.leads', { names: leads.map(({ name }) => name).join(', ') || '–' }),
        texts('settings.leadRole', { value: workspace?.leadRoleId ?? '–' }),
      ].join('\n'),
    });
  },

  async suggest(option, _typed, { bot, person, place }) {
    const pairs = (values: string[]) => values.map((value) => ({ label: value, value }));
    const texts = createTexts(person.locale);
    switch (option) {
      case 'model':
        return pairs([...bot.models.names(), 'default']);
      case 'style': {
        const own = await bot.store.styles.list(place.workspaceId);
        const ofModels = bot.models.scope().styles;
        return pairs([...new Set([...own.map(({ name }) => name), ...ofModels]), 'default']);
      }
      case 'unblock':
        return pairs(await bot.store.blockedWords.list(place.workspaceId));
      case 'reroll':
        return [
          { label: texts('settings.reroll.anyone'), value: 'anyone' },
          { label: texts('settings.reroll.requester'), value: 'requester' },
          { label: texts('settings.rerollPeople', { people: 2 }), value: '2' },
          { label: texts('settings.rerollPeople', { people: 3 }), value: '3' },
        ];
      default:
        return [];
    }
  },
});
