-- Which requests a picture is the source of: it is kept for them.
CREATE INDEX requests_by_source_picture ON requests ((options -> 'image' ->> 'sha256'))
  WHERE (options -> 'image' ->> 'sha256') IS NOT NULL;
