/** A script to begin with. */
export type Example = { readonly title: string; readonly words?: string; readonly sql: string };

export const EXAMPLES: readonly Example[] = [
  {
    title: "Name a directory to write to and to read from",
    words:
      "It must lie below a directory that the server's configuration allows for database backups; its refusal names them.",
    sql: `CREATE DATA SINK backup_ds
LOCATION = 'FILE:///var/lib/snapdeck/database-backups/nightly';
CREATE DATA SOURCE restore_ds
LOCATION = 'FILE:///var/lib/snapdeck/database-backups/nightly';`,
  },
  {
    title: "Name a bucket",
    sql: `CREATE CREDENTIAL s3_cred
TYPE = 'aws_access_key', IDENTITY = '<access key id>', SECRET = '<secret access key>';
CREATE DATA SINK backup_ds
LOCATION = 'S3'
WITH OPTIONS (CREDENTIAL = 's3_cred', BUCKET NAME = 'backups', REGION = 'eu-central-1');
CREATE DATA SOURCE restore_ds
LOCATION = 'S3'
WITH OPTIONS (CREDENTIAL = 's3_cred', BUCKET NAME = 'backups', REGION = 'eu-central-1');`,
  },
  {
    title: "Create a backup of a schema, with its first full snapshot",
    sql: `CREATE BACKUP shop_backup
DATA SINK = backup_ds
OBJECTS (ALL = shop);`,
  },
  {
    title: "Take another snapshot, with what changed since",
    sql: `BACKUP shop_backup
TYPE = 'incremental'
DATA SINK = backup_ds;`,
  },
  {
    title: "See what there is",
    sql: `SHOW BACKUP *
DATA SOURCE = restore_ds;
DESCRIBE BACKUP shop_backup
DATA SOURCE = restore_ds;`,
  },
  {
    title: "Restore one table, and move the one that is there to another schema",
    words:
      "Without a RESTORE_POLICY, a table that exists stops the restore before anything is changed. With DRY_RUN = true it only tells.",
    sql: `RESTORE BACKUP shop_backup
DATA SOURCE = restore_ds
OBJECTS (TABLE = shop.orders)
WITH OPTIONS (RESTORE_POLICY = 'rename', RENAMED_OBJECTS_SCHEMA = 'shop_before');`,
  },
  {
    title: "Restore the schema in place of what is there",
    sql: `RESTORE BACKUP shop_backup
DATA SOURCE = restore_ds
OBJECTS (ALL = shop)
WITH OPTIONS (RESTORE_POLICY = 'replace');`,
  },
  {
    title: "Make one full snapshot of all",
    sql: `ALTER BACKUP shop_backup
DATA SINK = backup_ds
MERGE;`,
  },
];
