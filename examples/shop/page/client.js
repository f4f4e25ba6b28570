// Made by `manifold codegen typescript --bff web`. A change here is lost when it is made again.
/** Thrown for every answer that is none. */
export class ProblemError extends Error {
    status;
    /** For programs: one of a closed list, "" if the answer was not the gateway's. */
    code;
    problem;
    response;
    constructor(response, problem) {
        super(problem ? problem.detail : `${response.status} ${response.statusText}`);
        this.name = "ProblemError";
        this.status = response.status;
        this.code = problem ? problem.code : "";
        this.problem = problem;
        this.response = response;
    }
}
function segment(value) {
    const text = String(value);
    if (text === "" || text === "." || text === "..") {
        throw new TypeError(`${JSON.stringify(text)} cannot stand in a path`);
    }
    return encodeURIComponent(text);
}
function append(into, name, value) {
    if (value === undefined || value === null) {
        return;
    }
    if (Array.isArray(value)) {
        for (const item of value) {
            into.append(name, String(item));
        }
    }
    else if (typeof value === "object") {
        for (const [member, inner] of Object.entries(value)) {
            append(into, `${name}.${member}`, inner);
        }
    }
    else {
        into.append(name, String(value));
    }
}
function sender(options, prefix) {
    return async function send(method, path, parts, call) {
        const query = new URLSearchParams();
        for (const [name, value, json] of parts.query ?? []) {
            append(query, name, json && value !== undefined && value !== null ? JSON.stringify(value) : value);
        }
        const own = typeof options.headers === "function" ? await options.headers() : options.headers;
        const headers = { Accept: "application/json", ...own, ...call.headers };
        for (const [name, value] of parts.headers ?? []) {
            if (value !== undefined && value !== null) {
                headers[name] = Array.isArray(value) ? value.join(", ") : String(value);
            }
        }
        const init = { method, headers };
        if (parts.body !== undefined) {
            headers["Content-Type"] = "application/json";
            init.body = JSON.stringify(parts.body);
        }
        if (call.signal) {
            init.signal = call.signal;
        }
        const text = query.toString();
        const url = (options.baseURL ?? "") + prefix + path + (text ? `?${text}` : "");
        const response = await (options.fetch ?? fetch)(url, init);
        const type = response.headers.get("Content-Type") ?? "";
        if (!response.ok) {
            throw new ProblemError(response, type.startsWith("application/problem+json") ? (await response.json()) : undefined);
        }
        const partial = response.headers.get("X-Gateway-Partial");
        if (partial) {
            const paths = partial.split(", ");
            options.onPartial?.(paths, response);
            call.onPartial?.(paths, response);
        }
        return (await response.json());
    };
}
/** The routes of web. */
export function createClient(options = {}) {
    const send = sender(options, "/web");
    return {
        /**
         * One product as browsers show it, with what it costs to have it sent and what customers say.
         *
         * `GET /web/products/{id}`
         */
        webProduct(variables, call = {}) {
            return send("GET", `/products/${segment(variables.id)}`, { query: [["zip", variables.zip]] }, call);
        },
        /**
         * Products, of one category or of all, the best first.
         *
         * `GET /web/products`
         */
        webProducts(variables = {}, call = {}) {
            return send("GET", `/products`, { query: [["category", variables.category], ["first", variables.first]] }, call);
        },
    };
}
