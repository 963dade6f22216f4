/*
 * migrations_frameworks.c: what is known about each framework's table, as data. Where a format
 * comes from is said with each: the framework's repository and the file in it.
 */
#include "checks/migrations_parts.h"

/*
 * Rails and dbmate both keep a table `schema_migrations` with a single column `version`. Rails has
 * its metadata beside it, or named its index, or gave the column no length.
 */
#define MADE_BY_RAILS                                                                  \
    "(EXISTS (SELECT FROM pg_class AS b WHERE b.relnamespace = c.relnamespace"         \
    " AND b.relname = 'ar_internal_metadata')"                                         \
    " OR EXISTS (SELECT FROM pg_index AS x JOIN pg_class AS i ON i.oid = x.indexrelid" \
    " WHERE x.indrelid = c.oid AND i.relname = 'unique_schema_migrations')"            \
    " OR EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = c.oid"               \
    " AND a.attname = 'version' AND a.atttypmod < 0))"

const struct rd_migration_framework rd_migration_frameworks[RD_MIGRATION_FRAMEWORKS] = {
    {
        /* prisma/prisma-engines: schema-engine/core/src/commands/diagnose_migration_history.rs,
         * schema-engine/connectors/sql-schema-connector/src/sql_migration_persistence.rs */
        .name = "prisma",
        .tables = "{_prisma_migrations}",
        .columns = "{id,checksum,finished_at,migration_name,rolled_back_at,started_at}",
        .query = "SELECT migration_name, migration_name, '',"
                 " CASE WHEN rolled_back_at IS NOT NULL THEN 'undone'"
                 " WHEN finished_at IS NULL THEN 'failed' ELSE 'applied' END, checksum"
                 " FROM @ ORDER BY migration_name COLLATE \"C\", started_at",
        .files = RD_FILES_PRISMA,
        .missing_fails = true,
        .matches = rd_migrations_matches_prisma,
        .failed_hint = "The backup was made while the migration ran, or after it broke: "
                       "'prisma migrate resolve' has to settle it at the source.",
    },
    {
        /* drizzle-team/drizzle-orm: drizzle-orm/src/pg-core/dialect.ts (migrate) */
        .name = "drizzle",
        .tables = "{__drizzle_migrations}",
        .columns = "{id,hash,created_at}",
        .query = "SELECT coalesce(created_at::text, hash), coalesce(created_at::text, hash), '',"
                 " 'applied', hash FROM @ ORDER BY created_at, id",
        .files = RD_FILES_DRIZZLE,
        .matches = rd_migrations_matches_drizzle,
    },
    {
        /* flyway/flyway: core/internal/database/postgresql/PostgreSQLDatabase.java,
         * core/api/MigrationType.java. The last row of a version counts; undoing and deleting add
         * rows of their own. Only files of type SQL can be found in a folder, and only a version's
         * checksum is of its file alone: a repeatable's is made with placeholders filled in. */
        .name = "flyway",
        .tables = "{flyway_schema_history,schema_version}",
        .columns = "{installed_rank,version,description,type,script,checksum,success}",
        .query =
            "SELECT script, CASE WHEN type = 'SQL' OR type LIKE '%BASELINE'"
            " THEN coalesce('V' || version, 'R' || description) END, '',"
            " CASE WHEN NOT success THEN 'failed'"
            " WHEN type = 'DELETE' OR type LIKE 'UNDO%' THEN 'undone'"
            " WHEN type LIKE '%BASELINE' THEN 'baseline' ELSE 'applied' END,"
            " CASE WHEN type = 'SQL' AND version IS NOT NULL THEN checksum::text END"
            " FROM (SELECT DISTINCT ON (version, CASE WHEN version IS NULL THEN description END) *"
            " FROM @ WHERE type <> 'SCHEMA'"
            " ORDER BY version, CASE WHEN version IS NULL THEN description END,"
            " installed_rank DESC) AS last"
            " ORDER BY version IS NOT NULL, CASE WHEN version ~ '^[0-9]+([._][0-9]+)*$'"
            " THEN string_to_array(translate(version, '_', '.'), '.')::numeric[] END,"
            " installed_rank",
        .files = RD_FILES_FLYWAY,
        .deep = true,
        .missing_fails = true,
        .matches = rd_migrations_matches_flyway,
        .failed_hint = "The backup was made after the migration broke: settle it at the source, "
                       "then run 'flyway repair' there.",
    },
    {
        /* liquibase/liquibase: sqlgenerator/core/CreateDatabaseChangeLogTableGenerator.java,
         * CreateDatabaseChangeLogLockTableGenerator.java, changelog/ChangeSet.java (ExecType) */
        .name = "liquibase",
        .tables = "{databasechangelog,DATABASECHANGELOG}",
        .columns = "{id,author,filename,orderexecuted,exectype,md5sum}",
        .query = "SELECT filename || '::' || id || '::' || author, id, '',"
                 " CASE exectype WHEN 'FAILED' THEN 'failed' WHEN 'SKIPPED' THEN 'undone'"
                 " ELSE 'applied' END, NULL FROM @ ORDER BY orderexecuted, dateexecuted",
        .lock_suffix = "lock",
        .lock_query = "SELECT coalesce(bool_or(locked), false) FROM @",
        .files = RD_FILES_NONE,
    },
    {
        /* sqlalchemy/alembic: alembic/runtime/migration.py. The table holds the heads only. */
        .name = "alembic",
        .tables = "{alembic_version}",
        .columns = "{version_num}",
        .exact = true,
        .query = "SELECT version_num, version_num, version_num, 'applied', NULL FROM @"
                 " ORDER BY version_num COLLATE \"C\"",
        .files = RD_FILES_REVISIONS,
        .suffixes = {".py"},
        .deep = true,
        .missing_fails = true,
    },
    {
        /* django/django: django/db/migrations/recorder.py */
        .name = "django",
        .tables = "{django_migrations}",
        .columns = "{id,app,name,applied}",
        .query = "SELECT app || '.' || name, app || '.' || name, app, 'applied', NULL"
                 " FROM @ ORDER BY id",
        .files = RD_FILES_APPS,
        .suffixes = {".py"},
        .others = {"__init__.py"},
        .deep = true,
    },
    {
        /* rails/rails: activerecord/lib/active_record/schema_migration.rb, internal_metadata.rb */
        .name = "rails",
        .tables = "{schema_migrations}",
        .columns = "{version}",
        .exact = true,
        .tell = MADE_BY_RAILS,
        .query = "SELECT version, version, '', 'applied', NULL FROM @"
                 " ORDER BY length(ltrim(version, '0')), version COLLATE \"C\"",
        .files = RD_FILES_NUMBERS,
        .suffixes = {".rb"},
        .deep = true,
    },
    {
        /* knex/knex: lib/migrations/migrate/table-creator.js, migrator.js */
        .name = "knex",
        .tables = "{knex_migrations}",
        .columns = "{id,name,batch,migration_time}",
        .query = "SELECT name, regexp_replace(name, '[.][a-z]+$', ''), '', 'applied', NULL FROM @"
                 " ORDER BY name COLLATE \"C\"",
        .lock_suffix = "_lock",
        .lock_query = "SELECT coalesce(bool_or(is_locked <> 0), false) FROM @",
        .files = RD_FILES_NAMES,
        .suffixes = {".js", ".ts", ".cjs", ".mjs"},
        .others = {".d.ts"},
        .missing_fails = true,
    },
    {
        /* typeorm/typeorm: src/migration/MigrationExecutor.ts. A class is named after its file's
         * number, which is the column `timestamp`. */
        .name = "typeorm",
        .tables = "{migrations}",
        .columns = "{id,timestamp,name}",
        .exact = true,
        .query = "SELECT name, \"timestamp\"::text, '', 'applied', NULL FROM @"
                 " ORDER BY \"timestamp\", id",
        .files = RD_FILES_NUMBERS,
        .suffixes = {".ts", ".js", ".cjs", ".mjs"},
        .others = {".d.ts"},
        .deep = true,
    },
    {
        /* sequelize/umzug: src/storage/sequelize.ts */
        .name = "sequelize",
        .tables = "{SequelizeMeta}",
        .columns = "{name}",
        .query = "SELECT name, regexp_replace(name, '[.][a-z]+$', ''), '', 'applied', NULL FROM @"
                 " ORDER BY name COLLATE \"C\"",
        .files = RD_FILES_NAMES,
        .suffixes = {".js", ".ts", ".cjs", ".mjs"},
        .others = {".d.ts"},
    },
    {
        /* golang-migrate/migrate: database/postgres/postgres.go. One row: the present version. */
        .name = "golang-migrate",
        .tables = "{schema_migrations}",
        .columns = "{version,dirty}",
        .exact = true,
        .query = "SELECT version::text, version::text, '',"
                 " CASE WHEN dirty THEN 'dirty' ELSE 'upto' END, NULL FROM @",
        .files = RD_FILES_NUMBERS,
        .suffixes = {".up.sql"},
        .missing_fails = true,
        .failed_hint = "The backup was made while the migration ran, or after it broke: settle it "
                       "at the source, then run 'migrate force' there.",
    },
    {
        /* pressly/goose: internal/dialect/dialectquery/postgres.go, migrate.go. The last row of a
         * version counts; version 0 only says that the table was made. */
        .name = "goose",
        .tables = "{goose_db_version}",
        .columns = "{id,version_id,is_applied,tstamp}",
        .query = "SELECT version_id::text, version_id::text, '',"
                 " CASE WHEN is_applied THEN 'applied' ELSE 'undone' END, NULL"
                 " FROM (SELECT DISTINCT ON (version_id) version_id, is_applied FROM @"
                 " WHERE version_id > 0 ORDER BY version_id, id DESC) AS last ORDER BY version_id",
        .files = RD_FILES_NUMBERS,
        .suffixes = {".sql", ".go"},
        .others = {"_test.go"},
    },
    {
        /* amacneil/dbmate: pkg/driver/postgres/postgres.go */
        .name = "dbmate",
        .tables = "{schema_migrations}",
        .columns = "{version}",
        .exact = true,
        .tell = "NOT " MADE_BY_RAILS,
        .query = "SELECT version, version, '', 'applied', NULL FROM @"
                 " ORDER BY length(ltrim(version, '0')), version COLLATE \"C\"",
        .files = RD_FILES_NUMBERS,
        .suffixes = {".sql"},
    },
    {
        /* launchbadge/sqlx: sqlx-postgres/src/migrate.rs, sqlx-core/src/migrate/source.rs,
         * migration.rs */
        .name = "sqlx",
        .tables = "{_sqlx_migrations}",
        .columns = "{version,description,installed_on,success,checksum,execution_time}",
        .query = "SELECT version::text || ' ' || description, version::text, '',"
                 " CASE WHEN success THEN 'applied' ELSE 'failed' END, encode(checksum, 'hex')"
                 " FROM @ ORDER BY version",
        .files = RD_FILES_NUMBERS,
        .suffixes = {".sql"},
        .others = {".down.sql"},
        .missing_fails = true,
        .matches = rd_migrations_matches_sqlx,
        .failed_hint = "The backup was made while the migration ran, or after it broke: settle it "
                       "at the source and remove its row there.",
    },
};

const char *const rd_migration_choices[] = {
    "auto", "prisma",  "drizzle",   "flyway",         "liquibase", "alembic", "django", "rails",
    "knex", "typeorm", "sequelize", "golang-migrate", "goose",     "dbmate",  "sqlx",   NULL,
};
