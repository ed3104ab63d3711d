import { randomUUID } from 'node:crypto';
import { AppError, messageIn, toAppError, type Fault } from '#src/errors.ts';
import type { StoredCandidate } from '#src/store/candidates.ts';
import type { StoredRequest } from '#src/store/requests.ts';
import { createTexts, type Texts } from '#src/texts/index.ts';
import type { PrivateMessage } from '#src/types/chat.ts';
import type { ActionEvent } from '#src/types/platform.ts';
import { createClaims } from './claims.ts';
import { resultsPlaceOf } from './deliver.ts';
import { enlargementOf, rerollOf, variationOf, type Descent } from './descend.ts';
import { describeRequest } from './details.ts';
import { isUnfit, submit } from './enqueue.ts';
import { optionsOf, wordsOf } from './options.ts';
import { isLead, settingsOf } from './place-rules.ts';
import { deleteRequest } from './delete.ts';
import { voteOf } from './read-votes.ts';
import type { BotServices } from './services.ts';
import { isFinished } from './tracker.ts';
import { explainFailure } from './wording.ts';

/** An action on a request that is there. */
interface Scene {
  event: ActionEvent;
  request: StoredRequest;
  texts: Texts;
  /** Through the interaction where there is one; else said only where it matters. */
  answer(text: string): Promise<void>;
  /** To the person, whatever it takes. */
  tell(text: string): Promise<void>;
}

/** Deals with reactions and buttons. Every call may be repeated with the same event. */
export function createActions(bot: BotServices): (event: ActionEvent) => Promise<void> {
  const { store, logger, tracker } = bot;
  const claims = createClaims(store);

  return async (event) => {
    try {
      if (!(await claims.claim(event))) return;
      await act(event);
    } catch (thrown) {
      const error = toAppError(thrown);
      logger.warn({ action: event.action, code: error.code }, `Action failed: ${error.message}`);
      await claims.release(event).catch(() => {});
      const texts = createTexts(event.person.locale);
      await event.reply?.({
        text: explainFailure(error.code, messageIn(error, event.person.locale), texts),
      });
    }
  };

  async function act(event: ActionEvent): Promise<void> {
    const { person, place } = event;
    await store.members.seen({
      workspaceId: place.workspaceId, id: person.id, name: person.name, locale: person.locale,
    }); // prettier-ignore
    const texts = createTexts(person.locale);
    if (event.action === 'use-correction') return useCorrection(event, texts);
    const request = await findTarget(event);
    // Somebody reacts to a message that is none of ours, or to one whose request was deleted.
    if (request === null) return event.reply?.({ text: texts('action.gone') });
    const tell = (text: string) =>
      event.reply
        ? event.reply({ text })
        : bot.platformOf(place.platform).tell(resultsPlaceOf(request), person.id, text);
    const answer = async (text: string) => event.reply?.({ text });
    await perform({ event, request, texts, answer, tell });
  }

  async function findTarget({ target, place }: ActionEvent): Promise<StoredRequest | null> {
    const request =
      'requestId' in target
        ? await store.requests.find(target.requestId)
        : await store.requests.findByMessage(place.platform, target.message);
    // A control's id is only a hint: what another workspace drew stays there.
    return request?.workspaceId === place.workspaceId ? request : null;
  }

  async function perform(scene: Scene): Promise<void> {
    const { event } = scene;
    switch (event.action) {
      case 'vote-1':
      case 'vote-2':
      case 'vote-3':
      case 'vote-4':
        return vote(scene, voteOf(event.action) as number);
      case 'reroll':
        return reroll(scene);
      case 'enlarge':
      case 'vary':
        return fromLeading(scene, event.action);
      case 'details':
        return details(scene);
      case 'delete':
        return remove(scene);
      case 'cancel':
        return cancel(scene);
      case 'use-correction':
        return;
    }
  }

  async function vote({ event, request, texts, answer }: Scene, candidate: number): Promise<void> {
    const { person, source, isAdded } = event;
    const name = { requestId: request.id, voterId: person.id, candidate };
    // One that is still to come counts once it is there.
    const isToCome = !isFinished(request) && candidate <= optionsOf(request).seeds.length;
    if (!isToCome && (await store.candidates.find(request.id, candidate)) === null) {
      return answer(texts('action.noSuchPicture', { number: candidate }));
    }
    // A button has no "off": pressed again it takes the vote back.
    const isTakenBack =
      !isAdded ||
      (source === 'button' && (await store.votes.of(request.id, person.id)) === candidate);
    if (isTakenBack) await store.votes.remove(name);
    else await store.votes.cast({ ...name, source });
    const counted = await store.votes.of(request.id, person.id);
    const said =
      counted === null ? texts('action.noVote') : texts('action.voted', { number: counted });
    // The edit keeps its own pace; whoever voted need not wait for it.
    showResultsSoon(request.id);
    await answer(said);
  }

  function showResultsSoon(requestId: string): void {
    tracker.showResults(requestId).catch((thrown: unknown) => {
      const { code, message } = toAppError(thrown);
      logger.warn({ requestId, code }, `Votes not shown: ${message}`);
    });
  }

  async function reroll(scene: Scene): Promise<void> {
    const { event, request } = scene;
    if (!event.isAdded) {
      return store.interactions.removeWish(request.id, 'reroll', event.person.id);
    }
    const descent = rerollOf(request, bot.randomSeed);
    if ((await joins(scene, descent)) || !(await mayReroll(scene))) return;
    await descend(scene, descent);
    await store.interactions.clearWishes(request.id, 'reroll');
  }

  async function mayReroll(scene: Scene): Promise<boolean> {
    const { event, request, texts } = scene;
    const { reroll: rule } = await settingsOf(bot, event.place);
    if (rule === 'anyone') return true;
    if (rule === 'requester') {
      if (event.person.id === request.requesterId) return true;
      if (await isLead(bot, event.person, event.place)) return true;
      await refuse(scene, texts('action.rerollOnlyRequester'));
      return false;
    }
    await store.interactions.addWish(request.id, 'reroll', event.person.id);
    const wishes = await store.interactions.countWishes(request.id, 'reroll');
    if (wishes >= rule.people) return true;
    await scene.answer(texts('action.rerollNeedsPeople', { have: wishes, need: rule.people }));
    return false;
  }

  /** Once per person: a reaction that is refused again is passed over in silence. */
  async function refuse({ event, request, tell }: Scene, text: string): Promise<void> {
    const kind = `refused-${event.action}` as const;
    const isFirst = await store.interactions.addWish(request.id, kind, event.person.id);
    if (isFirst || event.reply) await tell(text);
  }

  async function fromLeading(scene: Scene, action: 'enlarge' | 'vary'): Promise<void> {
    const { request, texts } = scene;
    const tally = await store.votes.tally(request.id);
    const leading =
      tally.leading === null ? null : await store.candidates.find(request.id, tally.leading);
    if (leading === null) return refuse(scene, texts('action.nothingYet'));
    let descent: Descent;
    try {
      descent = plan(action, request, leading, texts);
    } catch (thrown) {
      const error = toAppError(thrown);
      if (error.code !== 'INVALID_REQUEST') throw error;
      return refuse(scene, messageIn(error, scene.event.person.locale));
    }
    const { number } = leading;
    const why = (say: Texts) =>
      tally.voters === 0
        ? say('action.chosenNoVotes', { number })
        : tally.isTie
          ? say('action.chosenTie', { number })
          : say('action.chosenLeading', { number });
    if (await joins(scene, descent)) return;
    await descend(scene, descent, why);
  }

  function plan(
    action: 'enlarge' | 'vary',
    request: StoredRequest,
    leading: StoredCandidate,
    texts: Texts,
  ): Descent {
    if (action === 'vary') return variationOf(request, leading, bot.randomSeed);
    const { card } = bot.models.find(optionsOf(request).model, request.locale);
    return enlargementOf(request, leading, card, texts);
  }

  /** Whoever asks for what waits or is drawn already has it coming, whatever the rules say. */
  async function joins({ answer, texts }: Scene, { parent }: Descent): Promise<boolean> {
    const open = await store.requests.findOpenChild(parent);
    if (open !== null) await answer(texts('action.joined', { id: open.shortId }));
    return open !== null;
  }

  /** A new request from this one, in the same thread. A burst of the same wish is one request. */
  async function descend(
    scene: Scene,
    { options, parent }: Descent,
    why?: (texts: Texts) => string,
  ): Promise<void> {
    const { event, request, texts } = scene;
    const place = resultsPlaceOf(request);
    const settings = await settingsOf(bot, event.place);
    const faults = [
      ...(await bot.acceptance.rules.faultsOf(place, settings, texts)),
      ...(await bot.acceptance.rules.wordFaults(place, settings, wordsOf(options), texts)),
      ...(await bot.acceptance.limitFaults(event.person, place, texts)),
    ];
    if (faults.length > 0) return refuse(scene, sayFaults(faults));
    const locale = settings.locale ?? event.person.locale;
    const submitted = await submit(bot, tracker, {
      ...place,
      // Repeated events were sorted out before; the same reaction may come again later.
      invocationId: `${event.action}:${randomUUID()}`,
      requesterId: event.person.id,
      locale,
      prompt: options.typedPrompt,
      options: { ...options, notes: why === undefined ? [] : [why(createTexts(locale))] },
      parent,
    }).catch(async (thrown: unknown) => {
      if (!isUnfit(thrown)) throw thrown;
      // Others of the same person came in between.
      const now = await bot.acceptance.limitFaults(event.person, place, texts);
      await refuse(scene, sayFaults(now.length > 0 ? now : toAppError(thrown).faults));
      return null;
    });
    if (submitted === null) return;
    const { request: child, isNew } = submitted;
    const said = isNew
      ? texts('accept.queued', { id: child.shortId })
      : texts('action.joined', { id: child.shortId });
    await scene.answer(why === undefined ? said : `${why(texts)} ${said}`);
  }

  async function details({ request, texts, tell }: Scene): Promise<void> {
    const [candidates, tally, parent] = await Promise.all([
      store.candidates.list(request.id),
      store.votes.tally(request.id),
      request.parentId === null ? null : store.requests.find(request.parentId),
    ]);
    const parentShortId = parent?.shortId ?? null;
    await tell(describeRequest({ request, candidates, tally, parentShortId, texts }));
  }

  async function remove(scene: Scene): Promise<void> {
    const { event, request, texts, answer } = scene;
    const isOwn = event.person.id === request.requesterId;
    if (!isOwn && !(await isLead(bot, event.person, event.place))) {
      return refuse(scene, texts('action.deleteOnlyRequester'));
    }
    await deleteRequest(bot, request);
    logger.info({ requestId: request.id, by: event.person.id }, 'Request deleted.');
    await answer(texts('action.deleted'));
  }

  async function cancel({ event, request, texts, tell }: Scene): Promise<void> {
    const isOwn = event.person.id === request.requesterId;
    if (!isOwn && !(await isLead(bot, event.person, event.place))) {
      return tell(texts('action.cancelOnlyRequester'));
    }
    const result = await bot.cancel(request.id);
    if (result === 'finished') return tell(texts('action.alreadyFinished'));
    await tell(texts(result === 'cancelled' ? 'action.cancelled' : 'action.stopping'));
  }

  async function useCorrection(event: ActionEvent, texts: Texts): Promise<void> {
    const id = 'requestId' in event.target ? event.target.requestId : '';
    const draft = await store.interactions.findDraft(id);
    const { person, place } = event;
    const isTheirs = draft?.personId === person.id && draft.workspaceId === place.workspaceId;
    if (!draft || !isTheirs) return event.reply?.({ text: texts('action.gone') });
    await bot.acceptance.accept({
      // The draft's, not the event's: two clicks are one request.
      invocationId: `draft:${draft.id}`,
      person,
      place,
      options: draft.options,
      faults: [],
      reply: async (message: PrivateMessage) => {
        if (event.reply) await event.reply(message);
        else await bot.platformOf(place.platform).tell(place, person.id, message.text);
      },
    });
  }
}

const sayFaults = (faults: readonly Fault[]) => faults.map(({ message }) => message).join('\n');

/** Cancels a request: a waiting one is gone at once, a running one ends before its next step. */
export async function cancelRequest(
  { store, queue, tracker }: Pick<BotServices, 'store' | 'queue' | 'tracker'>,
  requestId: string,
): Promise<'cancelled' | 'stopping' | 'finished'> {
  const request = await store.requests.find(requestId);
  if (request === null || isFinished(request)) return 'finished';
  const result = await queue.cancel(requestId);
  if (result === 'told') {
    tracker.stopping(requestId);
    return 'stopping';
  }
  const outcome = await queue.outcome(requestId);
  if (outcome.state === 'done' || outcome.state === 'failed') return 'finished';
  await tracker.fail(requestId, new AppError('CANCELLED', 'The request was cancelled.'));
  return 'cancelled';
}
