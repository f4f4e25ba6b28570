// Lists and calls tools as an agent does.
"use strict";

const { Client } = require("@modelcontextprotocol/sdk/client/index.js");
const { StreamableHTTPClientTransport } = require("@modelcontextprotocol/sdk/client/streamableHttp.js");
const { answer } = require("./answer.cjs");

answer(async ({ url, token, calls }) => {
  const client = new Client({ name: "test", version: "1.0.0" });
  await client.connect(
    new StreamableHTTPClientTransport(new URL(url), {
      requestInit: { headers: token ? { Authorization: "Bearer " + token } : {} },
    }),
  );
  const { tools } = await client.listTools();
  const results = [];
  for (const call of calls) {
    const r = await client.callTool(call);
    results.push({ failed: Boolean(r.isError), text: r.content[0].text, structured: r.structuredContent ?? null });
  }
  await client.close();
  return { tools: tools.map((t) => ({ name: t.name, input: Object.keys(t.inputSchema.properties ?? {}), output: Boolean(t.outputSchema) })), results };
});
