// Calls routes and compares every answer, problems included, with the OpenAPI document: its status has to be there, its media type,
// and its body has to fit the schema. Returns what was wrong, and which statuses of which operation were seen.
"use strict";

const Ajv = require("ajv/dist/2020").default;
const { answer } = require("./answer.cjs");

answer(async ({ url, documents, calls }) => {
  const results = [];
  for (const [client, document] of Object.entries(documents)) {
    const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false, discriminator: false });
    ajv.addSchema(document, client);
    const prefix = document.servers[0].url;
    for (const call of calls.filter((c) => c.client === client)) {
      const response = await fetch(url + prefix + call.path, { method: call.method, headers: call.headers ?? {}, body: call.body });
      const text = await response.text();
      const item = document.paths[call.template];
      const operation = item && item[call.documented.toLowerCase()];
      const result = { name: call.name, status: response.status, wrong: "" };
      results.push(result);
      const at = `#/paths/${call.template.replaceAll("~", "~0").replaceAll("/", "~1")}/${call.documented.toLowerCase()}/responses/${response.status}`;
      let documented = operation && operation.responses[response.status];
      let pointer = at;
      if (documented && documented.$ref) {
        pointer = documented.$ref;
        documented = document.components.responses[documented.$ref.split("/").pop()];
      }
      if (!documented) {
        result.wrong = "the status is not in the document";
        continue;
      }
      if (response.status === 304) {
        continue;
      }
      const type = (response.headers.get("content-type") || "").split(";")[0];
      if (!documented.content[type]) {
        result.wrong = `the media type ${type} is not in the document`;
        continue;
      }
      const check = ajv.getSchema(`${client}${pointer}/content/${type.replaceAll("/", "~1")}/schema`.replace("#", "#"));
      if (!check) {
        result.wrong = "the document has no schema at " + pointer;
      } else if (!check(JSON.parse(text))) {
        result.wrong = ajv.errorsText(check.errors) + " in " + text;
      }
    }
  }
  return results;
});
