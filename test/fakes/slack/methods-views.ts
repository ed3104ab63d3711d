import { checkView } from './check-view.ts';
import { toText, type Json } from './json.ts';
import { refuse, type Core, type Method } from './method.ts';
import { appId, teamId, type FakeView } from './world.ts';

export function toViewJson({ id, view }: FakeView): Json {
  return { ...view, id, team_id: teamId, app_id: appId, hash: id, state: { values: {} } };
}

function whyNotView(core: Core, view: unknown): Json | null {
  const faults = checkView(view, core.world);
  return faults.length === 0
    ? null
    : refuse('invalid_arguments', { response_metadata: { messages: faults } });
}

export const viewMethods: Record<string, Method> = {
  'views.open': {
    scopes: [],
    token: 'bot',
    tier: 4,
    run(core, args) {
      const fault = whyNotView(core, args['view']);
      if (fault) return fault;
      const used = core.world.useTrigger(args['trigger_id']);
      if ('error' in used) return refuse(used.error);
      const opened: FakeView = {
        id: core.world.nextId('V'),
        userId: used.userId,
        view: args['view'] as Json,
      };
      core.world.views.set(opened.id, opened);
      core.changed();
      return { ok: true, view: toViewJson(opened) };
    },
  },
  'views.update': {
    scopes: [],
    token: 'bot',
    tier: 4,
    run(core, args) {
      const known = core.world.views.get(toText(args['view_id']));
      if (!known) return refuse('not_found');
      const fault = whyNotView(core, args['view']);
      if (fault) return fault;
      known.view = args['view'] as Json;
      core.changed();
      return { ok: true, view: toViewJson(known) };
    },
  },
};
