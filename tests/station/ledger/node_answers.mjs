// Answers one JSON line for each JSON line: what the JavaScript verifier makes of a text, an export, a proof or a key.
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const { canonical, checkProof, parseCanonical, parseProof, readPublic, verifyLines } = await import(pathToFileURL(process.argv[2]).href);

function canonicalOrNull(text) {
  try {
    return canonical(JSON.parse(text));
  } catch {
    return null;
  }
}

async function proofAnswer(text, published) {
  const proof = await parseProof(text);
  return proof && { proof, wrong: await checkProof(proof, published) };
}

for await (const line of createInterface({ input: process.stdin })) {
  const { text, lines, reached, published, proof, key } = JSON.parse(line);
  let answer;
  if (lines) answer = await verifyLines(lines, reached ?? undefined, published);
  else if (proof !== undefined) answer = await proofAnswer(proof, published);
  else if (key !== undefined) answer = readPublic(key);
  else answer = { canonical: canonicalOrNull(text), accepted: parseCanonical(text) !== null };
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
