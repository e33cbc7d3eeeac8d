// Answers one JSON line for each JSON line: what the JavaScript verifier makes of a text or of an export.
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const { canonical, parseCanonical, verifyLines } = await import(pathToFileURL(process.argv[2]).href);

function canonicalOrNull(text) {
  try {
    return canonical(JSON.parse(text));
  } catch {
    return null;
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const { text, lines, reached } = JSON.parse(line);
  const answer = lines
    ? await verifyLines(lines, reached ?? undefined)
    : { canonical: canonicalOrNull(text), accepted: parseCanonical(text) !== null };
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
