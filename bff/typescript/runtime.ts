export interface ClientOptions {
  /** Where the gateway is, without a slash at the end. Default: where the page comes from. */
  baseURL?: string;
  /** Headers of every request, or what makes them: a token that may change. */
  headers?: Record<string, string> | (() => Record<string, string> | Promise<Record<string, string>>);
  /** Default: the global fetch. */
  fetch?: (input: string, init: RequestInit) => Promise<Response>;
  /** Told of answers with holes: the paths of what is missing. */
  onPartial?: (paths: string[], response: Response) => void;
}

export interface CallOptions {
  headers?: Record<string, string>;
  signal?: AbortSignal;
  onPartial?: (paths: string[], response: Response) => void;
}

/** A problem as the gateway tells it (RFC 9457). */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  upstream?: string;
  errors?: string[];
}

/** Thrown for every answer that is none. */
export class ProblemError extends Error {
  readonly status: number;
  /** For programs: one of a closed list, "" if the answer was not the gateway's. */
  readonly code: string;
  readonly problem: Problem | undefined;
  readonly response: Response;

  constructor(response: Response, problem: Problem | undefined) {
    super(problem ? problem.detail : `${response.status} ${response.statusText}`);
    this.name = "ProblemError";
    this.status = response.status;
    this.code = problem ? problem.code : "";
    this.problem = problem;
    this.response = response;
  }
}

/** A name, its value, and whether that is sent as JSON. */
type Pair = [name: string, value: unknown, json?: boolean];

interface Parts {
  query?: Pair[];
  headers?: Pair[];
  body?: unknown;
}

// @if segment
function segment(value: unknown): string {
  const text = String(value);
  if (text === "" || text === "." || text === "..") {
    throw new TypeError(`${JSON.stringify(text)} cannot stand in a path`);
  }
  return encodeURIComponent(text);
}

// @end
// @if rest
function rest(value: unknown): string {
  return String(value).split("/").map(encodeURIComponent).join("/");
}

// @end
function append(into: URLSearchParams, name: string, value: unknown): void {
  if (value === undefined || value === null) {
    return;
  }
  if (Array.isArray(value)) {
    for (const item of value) {
      into.append(name, String(item));
    }
  } else if (typeof value === "object") {
    for (const [member, inner] of Object.entries(value)) {
      append(into, `${name}.${member}`, inner);
    }
  } else {
    into.append(name, String(value));
  }
}

function sender(options: ClientOptions, prefix: string) {
  return async function send<T>(method: string, path: string, parts: Parts, call: CallOptions): Promise<T> {
    const query = new URLSearchParams();
    for (const [name, value, json] of parts.query ?? []) {
      append(query, name, json && value !== undefined && value !== null ? JSON.stringify(value) : value);
    }
    const own = typeof options.headers === "function" ? await options.headers() : options.headers;
    const headers: Record<string, string> = { Accept: "application/json", ...own, ...call.headers };
    for (const [name, value] of parts.headers ?? []) {
      if (value !== undefined && value !== null) {
        headers[name] = Array.isArray(value) ? value.join(", ") : String(value);
      }
    }
    const init: RequestInit = { method, headers };
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
      throw new ProblemError(response, type.startsWith("application/problem+json") ? ((await response.json()) as Problem) : undefined);
    }
    const partial = response.headers.get("X-Gateway-Partial");
    if (partial) {
      const paths = partial.split(", ");
      options.onPartial?.(paths, response);
      call.onPartial?.(paths, response);
    }
    return (await response.json()) as T;
  };
}
