import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { arbitraryForeignStatement, arbitraryOwnStatement } from "../tests/arbitrary-statement.ts";
import { errorsOf, oneStatement, readout } from "../tests/one-statement.ts";
import { parseScript } from "./parse-script.ts";
import { printRedacted } from "./print-statement.ts";

/** Letters that stand in no word of the dialect, so that any trace of it is one of the secret. */
const SECRET = "QqZzQjXq";

describe("an error shows no secret", () => {
  test.each([
    ["a missing equals sign", `CREATE CREDENTIAL c TYPE = 'aws_access_key', IDENTITY = '${SECRET}' SECRET '${SECRET}'`],
    ["a wrong type", `CREATE CREDENTIAL c TYPE = 'aws', IDENTITY = '${SECRET}', SECRET = '${SECRET}'`],
    ["a misspelled name", `CREATE CREDENTIAL c TYPE = 'jdbc', SECRTE = '${SECRET}'`],
    ["a misspelled option", `CREATE DATA SINK s LOCATION = 'AZURE' WITH OPTIONS (SAS TOKN = '${SECRET}')`],
    ["a bare value", `CREATE CREDENTIAL c TYPE = 'jdbc', SECRET = ${SECRET}-${SECRET}`],
    ["a bare value with a dot", `CREATE CREDENTIAL c TYPE = 'jdbc', SECRET = a.${SECRET}.b`],
    ["a value in double quotes", `CREATE CREDENTIAL c TYPE = 'jdbc', SECRET = "${SECRET}" x`],
    ["a quote inside", `CREATE CREDENTIAL c TYPE = 'jdbc', SECRET = 'a'${SECRET}'b'`],
    ["a quote and a space inside", `CREATE CREDENTIAL c TYPE = 'jdbc', SECRET = 'a' ${SECRET}, x'`],
    ["a quote and a word of the dialect inside", `CREATE CREDENTIAL c TYPE = 'jdbc', SECRET = 'a'data ${SECRET}'`],
    ["a backslash before a quote", `CREATE CREDENTIAL c TYPE = 'jdbc', SECRET = 'a\\'${SECRET}'`],
    ["no closing quote", `CREATE CREDENTIAL c TYPE = 'jdbc', SECRET = '${SECRET}`],
    ["no closing quote on another line", `CREATE CREDENTIAL c TYPE = 'jdbc', SECRET = '\n${SECRET}\n`],
    ["a password in a location", `CREATE DATA SOURCE s LOCATION = 'jdbc:x://h/d?password=${SECRET}' x`],
    ["a password before the host", `CREATE DATA SOURCE s LOCATION = 'https://u:${SECRET}@host' x`],
    ["a comment", `CREATE CREDENTIAL c /* ${SECRET} */ TYPE = 'nonsense' -- ${SECRET}`],
    ["a name that is not quoted", `ALTER CREDENTIAL c SET PROPERTY 'ssl.key.pasword' = '${SECRET}'`],
    ["a key in the wrong statement", `BACKUP b DATA SINK = s WITH OPTIONS (S3_ENCRYPTION_CUSTOMER_KEY = '${SECRET}')`],
    ["a password in the wrong statement", `CREATE BACKUP b PASSWORD = '${SECRET}' OBJECTS (ALL = s)`],
    [
      "a neighbor on the same line",
      `SELECT '${SECRET}'; CREATE DATA SINK s x; CREATE USER u IDENTIFIED BY '${SECRET}'`,
    ],
    [
      "a quote that swallows the next statement",
      `BACKUP b DATA SINK = s WITH OPTIONS (COMMENT = 'x); CREATE CREDENTIAL c TYPE = 'jdbc', SECRET = '${SECRET}'`,
    ],
    [
      "a comment that swallows the next statement",
      `BACKUP b DATA SNK = s /* ; CREATE CREDENTIAL c TYPE = 'jdbc', SECRET = '${SECRET}'`,
    ],
    [
      "a harmless value that swallowed the next clause",
      `CREATE CREDENTIAL c TYPE = 'jd, IDENTITY =${SECRET}', SECRET = 'x'`,
    ],
    ["a secret twice", `ALTER DATA SOURCE s SET PROPERTY PASSWORD = '${SECRET}', PASSWORD = '${SECRET}'`],
  ])("for %s", (_case, text) => {
    expect(errorsOf(text)).not.toEqual([]);
    expect(readout(text)).not.toContain(SECRET);
    expect(JSON.stringify(errorsOf(text))).not.toContain(SECRET);
  });

  test("wherever a statement is broken", () => {
    const statements = fc.constantFrom(
      `CREATE OR REPLACE CREDENTIAL s.c TYPE = 'aws_iam_role', IDENTITY = '${SECRET}', SECRET = '${SECRET}' WITH OPTIONS (S3_AWS_ROLE_ARN = 'arn')`,
      `CREATE DATA SOURCE s LOCATION = 'S3' USER = '${SECRET}' PASSWORD = 'a''${SECRET}' WITH OPTIONS (BUCKET NAME = 'b', S3_ENCRYPTION_CUSTOMER_KEY = '${SECRET}', REGION = 'r')`,
      `BACKUP b DATA SINK = s WITH OPTIONS (COMMENT = 'x', CHECKSUM = true); CREATE CREDENTIAL c TYPE = 'jdbc', IDENTITY = '${SECRET}', SECRET = '${SECRET}' -- ${SECRET}\n; SHOW BACKUP * DATA SOURCE = s`,
      `ALTER CREDENTIAL c SET PROPERTY 'sasl.username' = '${SECRET}', 'sasl.password' = '${SECRET} ${SECRET}', 'sasl.mechanism' = 'PLAIN'`,
    );
    const damage = fc.record({
      at: fc.nat(),
      removed: fc.nat({ max: 3 }),
      inserted: fc.constantFrom("", "'", '"', ",", "=", "x", " ", "\n", "''", ");", "/*", "--", "DATA ", "\\"),
    });
    fc.assert(
      fc.property(statements, fc.array(damage, { minLength: 1, maxLength: 3 }), (statement, damages) => {
        let text = statement;
        for (const { at, removed, inserted } of damages) {
          const places = [...text.matchAll(/[^QqZzJjX]/g)].map(({ index }) => index);
          const place = places[at % places.length] ?? 0;
          const cut = text.slice(place, place + removed).split(/[QqZzJjX]/)[0]?.length ?? 0;
          text = text.slice(0, place) + inserted + text.slice(place + cut);
        }
        expect(JSON.stringify(errorsOf(text))).not.toContain(SECRET);
      }),
      { numRuns: 1_500 },
    );
  });

  test("but what is harmless stays to be read", () => {
    const text = `CREATE CREDENTIAL ops.c TYPE = 'aws_acces_key', IDENTITY = 'AKIA', SECRET = 'hidden' WITH OPTIONS (S3_AWS_ROLE = 'arn')`;
    expect(readout(text)).toContain("CREATE CREDENTIAL ops.c TYPE = 'aws_acces_key', IDENTITY = ***, SECRET = ***");
    expect(readout(text)).toContain("has no option S3_AWS_ROLE: did you mean S3_AWS_ROLE_ARN?");
  });
});

describe("a statement printed for a log", () => {
  test.each([
    [
      `CREATE CREDENTIAL c TYPE = 'aws_access_key', IDENTITY = 'AKIA', SECRET = 'it''s'`,
      "CREATE CREDENTIAL c TYPE = 'aws_access_key', IDENTITY = '***', SECRET = '***'",
    ],
    [
      `CREATE DATA SOURCE s LOCATION = 'S3' USER = 'u' PASSWORD = 'p' WITH OPTIONS (REGION = 'r', SAS TOKEN = 't')`,
      "CREATE DATA SOURCE s LOCATION = 'S3' USER = '***' PASSWORD = '***' WITH OPTIONS (REGION = 'r', SAS TOKEN = '***')",
    ],
    [
      "ALTER DATA SINK s SET PROPERTY LOCATION = 'S3://user:pw@host:9000/x?sig=abc', S3_KMS_KEY_ID = 'k'",
      "ALTER DATA SINK s SET PROPERTY LOCATION = 'S3://***@host:9000/x?***', S3_KMS_KEY_ID = '***'",
    ],
    [
      "CREATE DATA SINK s LOCATION = 'jdbc:postgresql://h/d?user=u&password=a@b'",
      "CREATE DATA SINK s LOCATION = 'jdbc:postgresql://h/d?***'",
    ],
    ["BACKUP b DATA SINK = s WITH OPTIONS (COMMENT = 'why')", "BACKUP b DATA SINK = s WITH OPTIONS (COMMENT = 'why')"],
    [
      "CREATE USER u IDENTIFIED WITH sha256_password BY 'pw' -- pw",
      "CREATE USER u IDENTIFIED WITH sha256_password BY '***'",
    ],
    ["SELECT * FROM s3('http://h', 'key', 'it\\'s') WHERE a = 5", "SELECT * FROM s3('***', '***', '***') WHERE a = 5"],
    [
      "CREATE NAMED COLLECTION c AS api_key = 1234, url = $x$secret$x$",
      "CREATE NAMED COLLECTION c AS api_key = ***, url = '***'",
    ],
    ['ALTER USER u IDENTIFIED BY "pw"', "ALTER USER u IDENTIFIED BY ***"],
    ["SELECT a FROM t ORDER BY a", "SELECT a FROM t ORDER BY a"],
    ["SELECT 1 /* pw */ + 2", "SELECT 1   + 2"],
    ["SELECT 1 /* pw", "SELECT 1 ***"],
    ["SELECT 'pw", "SELECT '***'"],
    ["INSERT INTO t (a) FORMAT CSV\n1,pw\n", "INSERT INTO t (a) FORMAT CSV ***"],
    ["INSERT INTO t VALUES ('pw', 7)", "INSERT INTO t VALUES ('***', 7)"],
  ])("has no secrets: %s", (written, printed) => {
    expect(printRedacted(oneStatement(written))).toBe(printed);
  });

  test("has none in any option", () => {
    const statement = fc.oneof(arbitraryOwnStatement, arbitraryForeignStatement);
    fc.assert(
      fc.property(statement, (tree) => {
        const marked = JSON.parse(JSON.stringify(tree, (key, value) => (isSecretKey(key) ? SECRET : value)));
        expect(printRedacted(marked)).not.toContain(SECRET);
      }),
      { numRuns: 1_000 },
    );
  });
});

test("a script that is too long is not repeated in its error", () => {
  const script = parseScript(`CREATE CREDENTIAL c TYPE = 'jdbc' SECRET = '${SECRET}'`.padEnd(2_000_000));
  expect(JSON.stringify(script)).not.toContain(SECRET);
});

function isSecretKey(key: string): boolean {
  return /^(identity|secret|password|user)$|password$|username$|token$|customerKey$|kmsKeyId$|accountKeys$/i.test(key);
}
