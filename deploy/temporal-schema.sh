#!/bin/sh
# Makes or updates Temporal's two databases; sets up a schema only where there is none, so a restart never replays migrations.
set -eu
tool="temporal-sql-tool --plugin postgres12 --ep postgres -p 5432 -u $POSTGRES_USER --pw $POSTGRES_PASSWORD"
for db in temporal temporal_visibility; do
  schema=/etc/temporal/schema/postgresql/v12/$( [ "$db" = temporal ] && echo temporal || echo visibility )/versioned
  if ! $tool --db "$db" update-schema -d "$schema"; then
    $tool --db "$db" create || true
    $tool --db "$db" setup-schema -v 0.0
    $tool --db "$db" update-schema -d "$schema"
  fi
done
