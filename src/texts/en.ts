/** English: the texts that all others are compared with. */
export const en = {
  'commands.imagine.name': 'imagine',
  'commands.imagine.description': 'Draw four candidates of what you describe',
  'commands.imagine.options.prompt.name': 'prompt',
  'commands.imagine.options.prompt.description': 'What to draw',
  'commands.imagine.options.negative.name': 'negative',
  'commands.imagine.options.negative.description':
    'What to keep out of the picture (needs cfg above 1)',
  'commands.imagine.options.size.name': 'size',
  'commands.imagine.options.size.description': 'Width x height in pixels, or a name such as square',
  'commands.imagine.options.ar.name': 'ar',
  'commands.imagine.options.ar.description': 'Aspect ratio in place of a size, such as 3:2',
  'commands.imagine.options.steps.name': 'steps',
  'commands.imagine.options.steps.description': 'Denoising steps: more take longer',
  'commands.imagine.options.cfg.name': 'cfg',
  'commands.imagine.options.cfg.description': 'How closely to follow the prompt; 1 is off',
  'commands.imagine.options.seed.name': 'seed',
  'commands.imagine.options.seed.description': 'Repeats a picture; left out, it is random',
  'commands.imagine.options.count.name': 'count',
  'commands.imagine.options.count.description': 'How many candidates, 1 to 4',
  'commands.imagine.options.style.name': 'style',
  'commands.imagine.options.style.description': 'A saved look; "none" turns the channel\'s own off',
  'commands.imagine.options.model.name': 'model',
  'commands.imagine.options.model.description': 'Which model draws',
  'commands.imagine.options.preset.name': 'preset',
  'commands.imagine.options.preset.description': 'draft, standard or final',

  'commands.cancel.name': 'cancel',
  'commands.cancel.description': 'Cancel a request of yours',
  'commands.cancel.options.which.name': 'which',
  'commands.cancel.options.which.description':
    'Its id, or "all" for those of yours that wait; empty: your latest',

  'commands.queue.name': 'queue',
  'commands.queue.description': 'What is being drawn, and whose turn is next',

  'commands.styles.name': 'styles',
  'commands.styles.description': 'List, save or delete the styles of this workspace',
  'commands.styles.options.action.name': 'action',
  'commands.styles.options.action.description': 'What to do; empty: list',
  'commands.styles.options.action.choices.list': 'list',
  'commands.styles.options.action.choices.save': 'save',
  'commands.styles.options.action.choices.delete': 'delete',
  'commands.styles.options.name.name': 'name',
  'commands.styles.options.name.description': 'The name of the style',
  'commands.styles.options.prompt.name': 'prompt',
  'commands.styles.options.prompt.description': 'Its words; {prompt} marks where the prompt goes',

  'commands.history.name': 'history',
  'commands.history.description': 'Your latest requests',
  'commands.history.options.count.name': 'count',
  'commands.history.options.count.description': 'How many, up to 25',

  'commands.settings.name': 'settings',
  'commands.settings.description': 'Show or change what holds in this channel (leads)',
  'commands.settings.options.allowed.name': 'allowed',
  'commands.settings.options.allowed.description': 'Whether pictures may be drawn in this channel',
  'commands.settings.options.model.name': 'model',
  'commands.settings.options.model.description':
    'The model of this channel; "default" takes it back',
  'commands.settings.options.style.name': 'style',
  'commands.settings.options.style.description':
    'The style of this channel; "default" takes it back',
  'commands.settings.options.language.name': 'language',
  'commands.settings.options.language.description':
    'The language of status and results in this channel',
  'commands.settings.options.language.choices.en': 'English',
  'commands.settings.options.language.choices.zh-CN': '简体中文',
  'commands.settings.options.language.choices.default': "each person's own",
  'commands.settings.options.reroll.name': 'reroll',
  'commands.settings.options.reroll.description':
    'Who may reroll: anyone, requester, or how many people it takes',
  'commands.settings.options.adult.name': 'adult',
  'commands.settings.options.adult.description':
    'Adult content; only where the channel itself is marked for it',
  'commands.settings.options.adult.choices.yes': 'yes',
  'commands.settings.options.adult.choices.no': 'no',
  'commands.settings.options.adult.choices.default': 'as the channel is marked',
  'commands.settings.options.block.name': 'block',
  'commands.settings.options.block.description': 'A word that may not be drawn in this workspace',
  'commands.settings.options.unblock.name': 'unblock',
  'commands.settings.options.unblock.description': 'A blocked word to allow again',
  'commands.settings.options.lead.name': 'lead',
  'commands.settings.options.lead.description': 'A person to make a lead',
  'commands.settings.options.unlead.name': 'unlead',
  'commands.settings.options.unlead.description': 'A person who is no lead any more',
  'commands.settings.options.leadrole.name': 'leadrole',
  'commands.settings.options.leadrole.description':
    'A role whose members are leads; "none" takes it back',

  'commands.help.name': 'help',
  'commands.help.description': 'What I can do',
  'commands.help.options.command.name': 'command',
  'commands.help.options.command.description': 'A command to explain in full',

  'commands.doctor.name': 'doctor',
  'commands.doctor.description': 'Check rights, database and workers (leads)',

  'control.reroll': 'Reroll',
  'control.enlarge': 'Enlarge',
  'control.vary': 'Vary',
  'control.details': 'Details',
  'control.delete': 'Delete',
  'control.cancel': 'Cancel',
  'control.again': 'Try again',
  'control.useCorrection': 'Draw the corrected one',

  'accept.queued': 'Queued as {id}.',
  'accept.tooManyWaiting':
    'You have {waiting} waiting (limit {limit}). Wait for one to finish, or cancel one with /cancel.',
  'accept.tooManyWaitingUntil':
    'You have {waiting} waiting (limit {limit}). The next is free in about {time}.',
  'accept.sizeAndRatio': 'size and ar say the same thing: give one of them.',
  'accept.ratio':
    'ar {value} does not fit: write two numbers such as 3:2, up to 8:1. Nearest: 1:1.',
  'accept.styleGone':
    'The style {style} of this channel is gone, so it was left out. A lead can choose another with /settings.',
  'accept.correction': 'This would fit: /imagine {line}',
  'accept.notSaved':
    'Your request could not be saved, so nothing was queued. Please try again in a minute; if it stays so, tell whoever runs this bot.',
  'accept.noStatus': 'Its progress cannot be shown here: {reason}',

  'line.unknownFlag': 'There is no --{flag}. There are: {allowed}.',
  'line.unknownFlagNearest': 'There is no --{flag}. Did you mean --{nearest}?',
  'line.twice': '--{flag} is given twice: keep one.',
  'line.noValue': '--{flag} needs a value after it.',
  'option.required': '{name} is missing: please fill it in.',
  'option.number': '{name} {value} does not fit: use {min} to {max}.',
  'option.wholeNumber': '{name} {value} does not fit: use a whole number from {min} to {max}.',
  'option.boolean': '{name} {value} does not fit: write true or false.',
  'option.choice': '{name} {value} does not fit: use one of {allowed}.',
  'option.tooLong': '{name} has {length} characters: use at most {maxLength}.',
  'command.unknown': 'There is no command {name}. There are: {known}.',
  'command.onlyLeads':
    '/{name} is for leads: those who may manage this workspace, or whom a lead named with /settings.',

  'place.notAllowed':
    'Pictures are turned off in this channel. A lead can turn them on with /settings.',
  'place.missingRights':
    'I cannot post pictures in {name}: missing rights: {rights}. Whoever manages this workspace can grant them.',
  'place.blockedWord':
    '“{word}” is blocked in this workspace. Please say it in another way, or ask a lead.',
  'place.adultWord': '“{word}” is drawn only in channels that are marked for adults.',

  'status.title': '“{prompt}” for {name}',
  'status.titleRelated': '“{prompt}” for {name} · {relation}',
  'status.peopleBefore':
    '⏳ Place {place} in the queue: {people} {people:person|people} before you.',
  'status.ownBefore':
    '⏳ Place {place} in the queue: {count} {count:request|requests} of your own before it.',
  'status.next': '⏳ Next in the queue.',
  'status.starting': '⏳ Queued.',
  'status.readyIn': 'Ready in about {time}.',
  'status.noWorker':
    '⚠️ Nobody draws just now: no worker is connected. It starts as soon as one is; whoever runs this bot can start one with “quartet worker”.',
  'status.running': '🎨 Drawing.',
  'status.stopping': '✋ Stopping before the next step.',
  'status.progress': 'picture {number} of {count}, step {step} of {steps}',
  'status.perStep': '{seconds} s a step',
  'status.left': 'about {time} left',
  'status.done': '✅ {count} {count:picture|pictures} in {time}.',
  'status.cancelled': '✋ Cancelled.',
  'status.cancelledAfter': '✋ Cancelled after {count} of {of} pictures; those are kept.',
  'status.jobId': 'Request {id}',

  'relation.reroll': 'reroll',
  'relation.variation': 'variations of picture {number}',
  'relation.enlarge': 'picture {number} enlarged',

  'results.titleRelated': '{prompt} · {relation}',
  'results.altText': 'Picture {number} of {count}, generated by AI with {model}:',
  'results.each': '{time} a picture',
  'results.memory': 'memory {size}',
  'results.soFar': '{ready} of {count} ready',
  'results.stoppedAfter': 'Stopped after {count} of {of}.',
  'results.tally': 'Votes: {counts} → picture {number} leads',
  'results.tallyTie': 'Votes: {counts} → a tie; picture {number} counts as leading',
  'results.parent': 'From request {id}',
  'results.id': 'Request {id}',
  'results.ready': '{count:your picture is|your pictures are} ready.',

  'details.prompt': 'Prompt: {prompt}',
  'details.fullPrompt': 'With its style: {prompt}',
  'details.negative': 'Negative: {prompt}',
  'details.variation': 'Neighbouring noise of seed {seed}, strength {strength}',
  'details.image': 'Second pass over a picture, strength {strength}',
  'details.candidate': '{number}: seed {seed}',
  'details.lineage': 'Lineage: {relation} of request {id}',
  'details.seconds': 'Drawn in {time}',

  'action.gone': 'This request is not there any more.',
  'action.noSuchPicture': 'There is no picture {number} here.',
  'action.voted': 'Your vote: picture {number}.',
  'action.noVote': 'You have no vote here now.',
  'action.rerollOnlyRequester': 'In this channel only whoever asked may reroll.',
  'action.rerollNeedsPeople': '{have} of {need} people want a reroll.',
  'action.joined': 'That is under way already, as {id}.',
  'action.nothingYet': 'There is no picture yet.',
  'action.chosenLeading': 'Picture {number} leads.',
  'action.chosenTie': 'A tie: picture {number} was taken, the lowest number.',
  'action.chosenNoVotes': 'No votes yet: picture {number} was taken.',
  'action.tooLarge': 'Twice its size is {size}, and {model} draws at most {max} a side.',
  'action.deleted': 'Deleted.',
  'action.deleteOnlyRequester': 'Only whoever asked, or a lead, may delete this.',
  'action.cancelOnlyRequester': 'Only whoever asked, or a lead, may cancel this.',
  'action.alreadyFinished': 'It is finished already.',
  'action.cancelled': 'Cancelled.',
  'action.stopping': 'It stops before its next step.',

  'cancel.all': '{count} waiting {count:request|requests} cancelled.',
  'cancel.allLabel': 'all of mine that wait',
  'cancel.nothing': 'You have nothing in the queue.',
  'cancel.unknown': 'There is no request {id} here. /queue and /history show the ids.',
  'cancel.finished': '{id} (“{prompt}”) is finished already.',
  'cancel.done': '{id} (“{prompt}”) is cancelled.',
  'cancel.stopping': '{id} (“{prompt}”) stops before its next step.',

  'queue.workers': '{count} {count:worker|workers} connected.',
  'queue.you': 'you',
  'queue.somebody': 'somebody',
  'queue.elsewhere': 'somebody elsewhere',
  'queue.running': '🎨 {name}: {prompt}',
  'queue.waiting': '{place}. {name}: {prompt}',
  'queue.more': 'and {count} more',
  'queue.empty': 'Nothing waits.',
  'queue.fair': 'People take turns: whoever waits has one drawn before anybody has a second one.',

  'history.none':
    'You have not asked for pictures yet. Try /imagine a ceramic coffee cup, soft light',
  'history.line': '{id} · {status} · {prompt}',
  'history.status.accepted': 'accepted',
  'history.status.queued': 'queued',
  'history.status.running': 'drawing',
  'history.status.done': 'done',
  'history.status.failed': 'failed',
  'history.status.cancelled': 'cancelled',

  'styles.none': 'No styles are saved here yet: /styles save NAME PROMPT saves one.',
  'styles.ofModel': 'With {model}: {names}',
  'styles.saveNeeds': 'To save a style, give its name and its words: /styles save NAME PROMPT',
  'styles.badName':
    '“{name}” is no name for a style: use letters, digits, spaces, dots and dashes, 40 characters at most.',
  'styles.saved': 'Saved {name}: {prompt}',
  'styles.taken': 'There is a style {name} already: delete it first, or take another name.',
  'styles.deleteNeeds': 'Which style? /styles delete NAME',
  'styles.unknown': 'There is no style {name} here. /styles shows them all.',
  'styles.deleteOnlyOwn': 'Only whoever saved it, or a lead, may delete this style.',
  'styles.deleted': 'Deleted {name}.',

  'settings.allowed': 'Pictures in this channel: {value}',
  'settings.model': 'Model: {value}',
  'settings.style': 'Style: {value}',
  'settings.language': 'Language: {value}',
  'settings.reroll': 'Who may reroll: {value}',
  'settings.reroll.anyone': 'anyone',
  'settings.reroll.requester': 'whoever asked',
  'settings.rerollPeople': '{people} people together',
  'settings.badReroll':
    'reroll {value} does not fit: use anyone, requester, or a number of people from 2 to {most}.',
  'settings.adult': 'Adult content: {value}',
  'settings.asMarked': 'as the channel is marked',
  'settings.notMarked':
    'adult: this channel is not marked for adults. Mark it on the platform itself first.',
  'settings.blocked': 'Blocked words: {words}',
  'settings.leads': 'Leads by name: {names}',
  'settings.leadRole': 'Lead role: {value}',
  'settings.default': 'default',
  'settings.yes': 'yes',
  'settings.no': 'no',

  'help.start': 'I draw pictures for this team. Try /imagine a ceramic coffee cup, soft light',
  'help.more':
    'React under the pictures: 🔁 four new ones, 1️⃣–4️⃣ vote, ⬆️ enlarge the leading one, 🎲 four variations of it, 📋 details, 🗑️ delete. /help imagine explains every option.',

  'doctor.database': 'database',
  'doctor.workers': 'workers',
  'doctor.channel': 'this channel',
  'doctor.answers': 'answers',
  'doctor.startWorker': 'start one with “quartet worker”',
  'doctor.grant': 'grant {rights}',

  'duration.seconds': '{seconds} s',
  'duration.minutes': '{minutes} min',
  'duration.hours': '{hours} h',

  'failure.engineDied':
    '❌ The engine stopped twice while it drew this. Please try a smaller size; if it stays so, tell whoever runs this bot.',
  'failure.engineTimeout':
    '❌ A step took too long, and the engine was stopped. Please try a smaller size or fewer steps.',
  'failure.outOfMemory': '❌ There was not enough memory for this. Please try a smaller size.',
  'failure.deviceUnavailable':
    '❌ The machine that draws has no usable device. Whoever runs this bot finds the reason with “quartet doctor”.',
  'failure.model': '❌ The model cannot be used: {message}',
  'failure.storage':
    '❌ The pictures could not be stored. Whoever runs this bot should look at the disk and the database.',
  'failure.internal':
    '❌ Something went wrong on our side. Please try again; if it stays so, tell whoever runs this bot.',

  'picture.fromAnother':
    'This picture was made from another one (a variation or an enlargement): its settings alone draw something near it.',
  'login.wrong':
    'That is not the token. It is the value of QUARTET_API_KEY on the machine that runs this.',
  'login.tooMany': 'Too many wrong tokens. Please wait a minute, then try again.',
  'console.loginFirst': 'Log in first.',
  'console.gone': 'There is no such request: it may have been deleted.',
  'console.tooLarge': 'This is larger than {size}, and was not read.',
  'console.nothing': 'There is nothing at this address.',
  'console.otherName':
    'This console does not answer to the name {host}: open it by its own address, or set QUARTET_PUBLIC_URL to the one you use.',
  'console.otherSite': 'This call comes from another site, and is not answered.',
  'console.back': 'To the console',
} as const;
