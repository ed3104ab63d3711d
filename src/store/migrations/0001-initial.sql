-- Workspaces, people and places. Ids are the platforms' own.
CREATE TABLE workspaces (
  id text PRIMARY KEY,
  platform text NOT NULL,
  name text NOT NULL,
  -- Members with this role count as leads, beside those with the platform's own right.
  lead_role_id text,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE members (
  workspace_id text NOT NULL,
  id text NOT NULL,
  name text NOT NULL,
  locale text NOT NULL CHECK (locale IN ('en', 'zh-CN')),
  role text NOT NULL DEFAULT 'member' CHECK (role IN ('member', 'lead')),
  seen_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, id)
);

-- A row only where something differs from the defaults; null means "not set here".
CREATE TABLE channels (
  workspace_id text NOT NULL,
  id text NOT NULL,
  is_allowed boolean NOT NULL DEFAULT true,
  model text,
  style text,
  locale text CHECK (locale IN ('en', 'zh-CN')),
  reroll_by text NOT NULL DEFAULT 'anyone' CHECK (reroll_by IN ('anyone', 'requester', 'people')),
  reroll_people integer CHECK (reroll_people >= 2),
  allows_adult boolean,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, id),
  CHECK ((reroll_by = 'people') = (reroll_people IS NOT NULL))
);

CREATE TABLE blocked_words (
  workspace_id text NOT NULL,
  word text NOT NULL,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, word)
);

CREATE TABLE styles (
  workspace_id text NOT NULL,
  name text NOT NULL,
  prompt text NOT NULL,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX styles_by_name ON styles (workspace_id, lower(name));

-- One row per request; committed means accepted.
CREATE TABLE requests (
  id text PRIMARY KEY,
  short_id text NOT NULL,
  -- The platform's id of the invocation: the same when it is delivered twice.
  invocation_id text NOT NULL,
  platform text NOT NULL,
  workspace_id text NOT NULL,
  channel_id text NOT NULL,
  thread_id text,
  requester_id text NOT NULL,
  locale text NOT NULL,
  status text NOT NULL DEFAULT 'accepted'
    CHECK (status IN ('accepted', 'queued', 'running', 'done', 'failed', 'cancelled')),
  prompt text NOT NULL,
  options jsonb NOT NULL,
  parent_id text REFERENCES requests (id) ON DELETE SET NULL,
  relation text CHECK (relation IN ('reroll', 'variation', 'enlarge', 'retry')),
  -- The parent's candidate that is enlarged or varied.
  parent_candidate integer CHECK (parent_candidate BETWEEN 1 AND 4),
  change jsonb,
  status_message jsonb,
  results_message jsonb,
  position jsonb,
  failure_code text,
  failure_message text,
  seconds double precision,
  accepted_at timestamptz NOT NULL DEFAULT now(),
  queued_at timestamptz,
  started_at timestamptz,
  finished_at timestamptz,
  CHECK (parent_id IS NULL OR relation IS NOT NULL)
);
CREATE UNIQUE INDEX requests_by_short_id ON requests (short_id);
CREATE UNIQUE INDEX requests_by_invocation ON requests (platform, invocation_id);
-- A burst of the same reaction starts one request: the others join the one that is not finished.
CREATE UNIQUE INDEX requests_one_open_child ON requests (parent_id, relation, coalesce(parent_candidate, 0))
  WHERE status IN ('accepted', 'queued', 'running');
CREATE INDEX requests_open ON requests (status) WHERE status IN ('accepted', 'queued', 'running');
CREATE INDEX requests_by_workspace ON requests (workspace_id, accepted_at DESC);
CREATE INDEX requests_by_requester ON requests (workspace_id, requester_id, accepted_at DESC);
CREATE INDEX requests_by_parent ON requests (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX requests_by_status_message ON requests ((status_message ->> 'messageId'));
CREATE INDEX requests_by_results_message ON requests ((results_message ->> 'messageId'));

CREATE TABLE candidates (
  request_id text NOT NULL REFERENCES requests (id) ON DELETE CASCADE,
  number integer NOT NULL CHECK (number BETWEEN 1 AND 4),
  seed bigint NOT NULL CHECK (seed BETWEEN 0 AND 4294967295),
  sha256 text NOT NULL,
  width integer NOT NULL,
  height integer NOT NULL,
  info jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (request_id, number)
);
CREATE INDEX candidates_by_sha256 ON candidates (sha256);

-- Every candidate a person ever chose stays: taking one vote back falls back to the one before it.
CREATE SEQUENCE vote_order;
CREATE TABLE votes (
  request_id text NOT NULL REFERENCES requests (id) ON DELETE CASCADE,
  voter_id text NOT NULL,
  candidate integer NOT NULL CHECK (candidate BETWEEN 1 AND 4),
  source text NOT NULL CHECK (source IN ('reaction', 'button')),
  cast_at timestamptz NOT NULL DEFAULT now(),
  -- The latest has the highest; times may be equal, this is not.
  cast_order bigint NOT NULL DEFAULT nextval('vote_order'),
  is_removed boolean NOT NULL DEFAULT false,
  PRIMARY KEY (request_id, voter_id, candidate)
);

CREATE TABLE deliveries (
  request_id text NOT NULL REFERENCES requests (id) ON DELETE CASCADE,
  kind text NOT NULL CHECK (kind IN ('status', 'results', 'mention')),
  -- Tells several of one kind apart; empty where there is only one.
  key text NOT NULL DEFAULT '',
  state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'posted', 'failed')),
  -- Given to the platform with every attempt, so that it can tell a repeated one.
  nonce text NOT NULL,
  message jsonb,
  attempts integer NOT NULL DEFAULT 0,
  failure_message text,
  -- Until then the attempt that is under way has the delivery to itself.
  claimed_until timestamptz,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (request_id, kind, key)
);
CREATE INDEX deliveries_pending ON deliveries (updated_at) WHERE state = 'pending';
