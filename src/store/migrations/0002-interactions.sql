-- A request that did not fit, with the nearest values filled in: what its button stands for.
CREATE TABLE drafts (
  id text PRIMARY KEY,
  workspace_id text NOT NULL,
  person_id text NOT NULL,
  command text NOT NULL,
  options jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX drafts_by_age ON drafts (created_at);

-- Reactions and buttons that were dealt with: platforms deliver some of them twice.
CREATE TABLE handled_events (
  platform text NOT NULL,
  id text NOT NULL,
  handled_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (platform, id)
);
CREATE INDEX handled_events_by_age ON handled_events (handled_at);

-- Who asked for something that needs several people, and who was told what.
CREATE TABLE wishes (
  request_id text NOT NULL REFERENCES requests (id) ON DELETE CASCADE,
  kind text NOT NULL,
  person_id text NOT NULL,
  wished_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (request_id, kind, person_id)
);
