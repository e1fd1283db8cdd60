// Made of /openapi.json by openapi-typescript: "pnpm generate" in apps/dashboard makes it anew.

export interface paths {
    "/livez": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The event loop turns; 503: it does not. Needs no token. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The answer. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            live: boolean;
                            uptimeMs: number;
                        };
                    };
                };
                /** @description QUERY_INVALID */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description TOKEN_REQUIRED */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description ORIGIN_REFUSED */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description INTERNAL */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description SHUTTING_DOWN */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 200 in the state ready, else 503. Needs no token. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The answer. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            ready: boolean;
                            state: string;
                            causes: {
                                component: string;
                                status: string;
                                reason: string | null;
                            }[];
                        };
                    };
                };
                /** @description QUERY_INVALID */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description TOKEN_REQUIRED */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description ORIGIN_REFUSED */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description INTERNAL */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description SHUTTING_DOWN */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/standbyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** As /readyz, and 200 in standby too. Needs no token. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The answer. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            ready: boolean;
                            state: string;
                            causes: {
                                component: string;
                                status: string;
                                reason: string | null;
                            }[];
                        };
                    };
                };
                /** @description QUERY_INVALID */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description TOKEN_REQUIRED */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description ORIGIN_REFUSED */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description INTERNAL */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description SHUTTING_DOWN */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the trader does, since when and why. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The answer. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            state: "startup" | "initializing" | "orderbook_connect" | "ready" | "standby" | "error" | "shutdown";
                            /** Format: date-time */
                            since: string;
                            cause: string;
                            ready: boolean;
                            draining: boolean;
                            waitingFor: {
                                /** @enum {string} */
                                name: "start" | "store-opening" | "store-retry" | "feed" | "session-opening" | "session-retry" | "takeover" | "session-end" | "health" | "drain";
                                /** @enum {string} */
                                owner: "process" | "store" | "feed" | "health" | "coordinator";
                                sinceMs: number;
                                /** @description Then it is looked at again. */
                                untilMs: number;
                                /** @description Time limits that passed so far. */
                                overdue: number;
                            } | null;
                            /** @description What the store refused, and is asked for again. */
                            refusal: {
                                /** @enum {string} */
                                what: "store" | "session";
                                code: string;
                                reason: string;
                                /** @description In a row. */
                                count: number;
                                /** @description Of the first one. */
                                sinceMs: number;
                            } | null;
                            /** @description What somebody is to do, in a sentence; null when ready. */
                            todo: string | null;
                            standbyFor: {
                                sessionId: string;
                                owner: string;
                            } | null;
                            uptimeMs: number;
                            versions: {
                                trader: string;
                                node: string;
                            };
                            source: string;
                            database: string;
                            session: ({
                                id: string;
                                recorder: string;
                                /** @description Ms since the epoch. */
                                startedAtMs: number;
                                /** @description The session that this one goes on from. */
                                continues: string | null;
                                messages?: number;
                                snapshots?: number;
                                deltas?: number;
                                trades?: number;
                                raw?: number;
                                facts?: number;
                                gaps?: number;
                                shed?: number;
                            } & {
                                [key: string]: unknown;
                            }) | null;
                            /** @description The recorder's over all its sessions; null until the database has said. */
                            lifetime: {
                                messages: number;
                                snapshots: number;
                                deltas: number;
                                trades: number;
                                raw: number;
                                facts: number;
                                gaps: number;
                                shed: number;
                            } | null;
                            feed: ({
                                /** @enum {string} */
                                phase: "idle" | "connecting" | "subscribing" | "live" | "waiting" | "closed";
                                /** @description Sockets that were opened so far. */
                                epoch: number;
                                /** @description Markets. */
                                wanted: number;
                                /** @description Of those, the ones whose books are right. */
                                synced: number;
                                /** @description Books that are not right, by the reason. */
                                stale: {
                                    [key: string]: number;
                                } | null;
                                underRepair: number | null;
                                clockSkewMs: number | null;
                                connections: ({
                                    /** @enum {string} */
                                    phase: "idle" | "connecting" | "subscribing" | "live" | "waiting" | "closed";
                                    epoch: number;
                                    wanted: number;
                                    synced: number;
                                    sid: number | null;
                                    seq: number | null;
                                    pendingCommands: number;
                                    serverPingAtMs: number | null;
                                } & {
                                    [key: string]: unknown;
                                })[];
                                counters: {
                                    frames: number;
                                    snapshots: number;
                                    deltas: number;
                                    gaps: number;
                                    duplicates: number;
                                    violations: number;
                                    desyncs: number;
                                    audited: number;
                                    repairs: number;
                                    epochs: number;
                                } & {
                                    [key: string]: unknown;
                                };
                            } & {
                                [key: string]: unknown;
                            }) | null;
                            recorder: ({
                                /** @description Records kept for the session that is being opened. */
                                waiting: number;
                                /** @description Records that no session took. */
                                unrecorded: number;
                                letGo: number;
                                refused: number;
                                pauses: number;
                                /** @enum {string} */
                                reading: "read" | "paused" | "catching-up";
                                unreadCause: ("STORE_BEHIND" | "WAITING_FOR_SESSION") | null;
                                unreadMs: number;
                            } & {
                                [key: string]: unknown;
                            }) | null;
                            /** @description That somebody named; the first 20. */
                            unknownMarkets: {
                                market: string;
                                reason: string;
                            }[];
                            /** @description Null: markets are not searched for. */
                            discovery: ({
                                /** @enum {string} */
                                roll: "unknown" | "empty" | "open";
                                wanted: number;
                                /** @description Whose books are kept. */
                                markets: number;
                                questions: number;
                                refused: number;
                                /** @description The first 20. */
                                refusals: {
                                    market: string;
                                    reason: string;
                                }[];
                                problem: string | null;
                                problemCode: string | null;
                                listings: number;
                                listingFailures: number;
                            } & {
                                [key: string]: unknown;
                            }) | null;
                            /** @description closed, writing, or failing with codes. */
                            store: string;
                            storeFailures: {
                                /** @enum {string} */
                                part: "spool" | "database";
                                code: string;
                                /** @description Ms since the epoch. */
                                sinceMs: number;
                            }[];
                            leaseLeftMs: number | null;
                            diskFreeBytes: number | null;
                            /** @description What the database does not have yet. */
                            backlog: {
                                queuedRecords: number;
                                queuedBytes: number;
                                /** @description Null: there is no spool. */
                                spooledRecords: number | null;
                                spooledBytes: number | null;
                                spoolLimitBytes: number | null;
                                oldestAtMs: number | null;
                                /** @description Null: the database has every record. */
                                oldestAgeMs: number | null;
                            } | null;
                            written: {
                                batches: number;
                                records: number;
                                bytes: number;
                                recovered: number;
                                setAside: number;
                                maintenanceFailures: number;
                            };
                            log: {
                                droppedLines: number;
                            };
                            reload: {
                                counts: {
                                    applied: number;
                                    unchanged: number;
                                    refused: number;
                                    failed: number;
                                };
                                last: ("applied" | "unchanged" | "refused" | "failed") | null;
                                /** @description Ms since the epoch. */
                                goodAtMs: number;
                                needsRestart: string[];
                            } | null;
                            health: {
                                /** @enum {string} */
                                status: "starting" | "healthy" | "degraded" | "unhealthy" | "draining";
                                causes: {
                                    component: string;
                                    critical: boolean;
                                    /** @enum {string} */
                                    status: "unknown" | "healthy" | "degraded" | "unhealthy";
                                    reason: string;
                                    /** @description Since when this status. */
                                    sinceMs: number;
                                }[];
                                components: {
                                    component: string;
                                    critical: boolean;
                                    /** @enum {string} */
                                    status: "unknown" | "healthy" | "degraded" | "unhealthy";
                                    reason: string;
                                    /** @description Since when this status. */
                                    sinceMs: number;
                                }[];
                            };
                            unreadable: {
                                part: string;
                                reason: string;
                            }[];
                            transitions: {
                                /** @enum {string} */
                                from: "startup" | "initializing" | "orderbook_connect" | "ready" | "standby" | "error" | "shutdown";
                                /** @enum {string} */
                                to: "startup" | "initializing" | "orderbook_connect" | "ready" | "standby" | "error" | "shutdown";
                                cause: string;
                                /** @description Ms since the epoch. */
                                atMs: number;
                                /** @description How long the state before lasted. */
                                lastedMs: number;
                                kind: ("first-start" | "recovery") | null;
                                outageMs: number | null;
                                unhealthy: {
                                    component: string;
                                    /** @enum {string} */
                                    status: "unknown" | "healthy" | "degraded" | "unhealthy";
                                    reason: string;
                                }[];
                                sessionClosed: string | null;
                                sessionOpened: string | null;
                                /** @description Of the session that is, or was until now, recorded into. */
                                counters: {
                                    messages: number;
                                    snapshots: number;
                                    deltas: number;
                                    trades: number;
                                    raw: number;
                                    facts: number;
                                    gaps: number;
                                    shed: number;
                                } | null;
                                lifetime: {
                                    messages: number;
                                    snapshots: number;
                                    deltas: number;
                                    trades: number;
                                    raw: number;
                                    facts: number;
                                    gaps: number;
                                    shed: number;
                                } | null;
                            }[];
                            books: {
                                market: string;
                                synced: boolean;
                                staleReason: string | null;
                                yesBid: [
                                    string,
                                    string
                                ] | null;
                                yesAsk: [
                                    string,
                                    string
                                ] | null;
                            }[];
                        };
                    };
                };
                /** @description QUERY_INVALID */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description TOKEN_REQUIRED */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description ORIGIN_REFUSED */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description INTERNAL */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description SHUTTING_DOWN */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Sessions, newest first. */
        get: {
            parameters: {
                query?: {
                    recorder?: string;
                    status?: "active" | "closed" | "health_failure" | "reclaimed" | "error";
                    limit?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The answer. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            sessions: {
                                id: string;
                                recorder: string;
                                /** @enum {string} */
                                status: "active" | "closed" | "health_failure" | "reclaimed" | "error";
                                startedAtMs: number;
                                endedAtMs: number | null;
                                endReason: string | null;
                                continues: string | null;
                                lastRecordAtMs: number | null;
                                messages: number;
                                snapshots: number;
                                deltas: number;
                                trades: number;
                                raw: number;
                                facts: number;
                                gaps: number;
                                shed: number;
                            }[];
                        };
                    };
                };
                /** @description QUERY_INVALID */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description TOKEN_REQUIRED */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description ORIGIN_REFUSED */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description TOO_MANY_REQUESTS */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description INTERNAL */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description SHUTTING_DOWN, STORE_UNAVAILABLE */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/books": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The top of each book. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The answer. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            books: {
                                market: string;
                                /** @description Only then is it right. */
                                synced: boolean;
                                staleReason: string | null;
                                ageMs: number | null;
                                changesPerSecond: number;
                                yesBid: [
                                    string,
                                    string
                                ] | null;
                                yesAsk: [
                                    string,
                                    string
                                ] | null;
                                yesDepth: number;
                                noDepth: number;
                                /** @description The sum of all bids, in exact decimal text. */
                                yesContracts: string;
                                noContracts: string;
                                /** @description What is under way to get the book right. */
                                repair: {
                                    /** @enum {string} */
                                    step: "subscribe" | "verify" | "snapshot" | "out-and-in" | "new-sid" | "new-connection";
                                    /** @description Of the repair step, 0 to 3; null for what repairs nothing. */
                                    number: number | null;
                                    /** @description This one included. */
                                    attempts: number;
                                    /** @description At the earliest; null: the question has not left yet. */
                                    nextTryInMs: number | null;
                                } | null;
                            }[];
                            unreadable: {
                                part: string;
                                reason: string;
                            }[];
                        };
                    };
                };
                /** @description QUERY_INVALID */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description TOKEN_REQUIRED */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description ORIGIN_REFUSED */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description INTERNAL */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description SHUTTING_DOWN */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/books/{ticker}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A book with all its levels, best first. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    ticker: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The answer. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            market: string;
                            /** @description Only then is it right. */
                            synced: boolean;
                            staleReason: string | null;
                            ageMs: number | null;
                            changesPerSecond: number;
                            yesBid: [
                                string,
                                string
                            ] | null;
                            yesAsk: [
                                string,
                                string
                            ] | null;
                            yesDepth: number;
                            noDepth: number;
                            /** @description The sum of all bids, in exact decimal text. */
                            yesContracts: string;
                            noContracts: string;
                            /** @description What is under way to get the book right. */
                            repair: {
                                /** @enum {string} */
                                step: "subscribe" | "verify" | "snapshot" | "out-and-in" | "new-sid" | "new-connection";
                                /** @description Of the repair step, 0 to 3; null for what repairs nothing. */
                                number: number | null;
                                /** @description This one included. */
                                attempts: number;
                                /** @description At the earliest; null: the question has not left yet. */
                                nextTryInMs: number | null;
                            } | null;
                            yes: [
                                string,
                                string
                            ][];
                            no: [
                                string,
                                string
                            ][];
                        };
                    };
                };
                /** @description QUERY_INVALID */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description TOKEN_REQUIRED */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description ORIGIN_REFUSED */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description BOOK_UNKNOWN */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description INTERNAL */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description SHUTTING_DOWN */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How feed and store have done lately, by steps of a second, a minute or ten minutes. */
        get: {
            parameters: {
                query?: {
                    from?: string;
                    to?: string;
                    step?: "1000" | "60000" | "600000";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The answer. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @description Length of a step. */
                            stepMs: number;
                            /** @description Where the oldest step begins that is kept; null: nothing was counted yet. */
                            sinceMs: number | null;
                            /** @description Where each step begins. */
                            atMs: number[];
                            framesPerSecond: (number | null)[];
                            /** @description From the exchange's time on a delta to its arrival, on average; null without a delta. */
                            delayMs: (number | null)[];
                            /** @description To a fifth, as the next. */
                            delayMedianMs: (number | null)[];
                            /** @description Of the slowest in a hundred. */
                            delaySlowestMs: (number | null)[];
                            delayMaxMs: (number | null)[];
                            /** @description The most records that the database did not have. */
                            waiting: (number | null)[];
                            /** @description Of those the most that were on disk. */
                            spooled: (number | null)[];
                            spooledBytes: (number | null)[];
                            /** @description Audits that found the book equal. */
                            audits: (number | null)[];
                            /** @description Books that an audit found different, or that broke an invariant. */
                            desyncs: (number | null)[];
                            repairs: (number | null)[];
                            gaps: (number | null)[];
                            /** @description Books that are wanted. */
                            books: (number | null)[];
                            /** @description Of those the most that were not right; to a tenth of a second. */
                            booksStale: (number | null)[];
                        };
                    };
                };
                /** @description QUERY_INVALID */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description TOKEN_REQUIRED */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description ORIGIN_REFUSED */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description INTERNAL */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description SHUTTING_DOWN */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/timeline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What happened when: states, health, sessions and holes. */
        get: {
            parameters: {
                query?: {
                    from?: string;
                    to?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The answer. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            fromMs: number;
                            toMs: number;
                            /** @description Since then states and health are known: when this process began. */
                            sinceMs: number;
                            spans: {
                                /** @description state, session, gap, or a component of health (feed, store, reading, …). */
                                lane: string;
                                /** @description The state, the session's status, the cause of the hole, the component's health. */
                                name: string;
                                fromMs: number;
                                /** @description null: it goes on. */
                                toMs: number | null;
                                why: string | null;
                                session: string | null;
                                /** @description Of how many it is made; name, why and session are those of the worst. */
                                count: number;
                            }[];
                            /** @description Sessions that are too many, the oldest; their holes are left out too. */
                            sessionsLeftOut: number;
                            /** @description Holes that are too many, the oldest. */
                            holesLeftOut: number;
                            /** @description Why sessions and holes are missing. */
                            databaseMissing: string | null;
                        };
                    };
                };
                /** @description QUERY_INVALID */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description TOKEN_REQUIRED */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description ORIGIN_REFUSED */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description TOO_MANY_REQUESTS */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description INTERNAL */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description SHUTTING_DOWN */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/coverage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** When a market's book can be rebuilt, and when it cannot. */
        get: {
            parameters: {
                query: {
                    market: string;
                    from?: string;
                    to?: string;
                    limit?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The answer. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            market: string;
                            fromMs: number;
                            toMs: number;
                            /** @description Without a hole or an overlap. */
                            intervals: {
                                fromMs: number;
                                toMs: number;
                                covered: boolean;
                                /** @description Why not: the cause of a hole, expired, not recorded, … */
                                cause: string | null;
                                session: string | null;
                            }[];
                            /** @description Ask from there for the others; null: there are none. */
                            nextFromMs: number | null;
                        };
                    };
                };
                /** @description QUERY_INVALID */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description TOKEN_REQUIRED */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description ORIGIN_REFUSED */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description TOO_MANY_REQUESTS */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description INTERNAL */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description SHUTTING_DOWN, STORE_UNAVAILABLE */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/coverage/summary": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How much of the time of all recorded markets is covered, in sums. */
        get: {
            parameters: {
                query?: {
                    from?: string;
                    to?: string;
                    after?: string;
                    limit?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The answer. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            fromMs: number;
                            toMs: number;
                            /** @description When this was worked out: it is kept for half a minute at least. */
                            atMs: number;
                            /** @description All that were recorded. */
                            marketsFound: number;
                            /** @description Those in the sums: the newest 20,000 at most, as far as they were read in 20 s. */
                            marketsSummed: number;
                            /** @description Of each market from its first book in the stretch, all together. */
                            marketMs: number;
                            /** @description Of that, where its book can be rebuilt. */
                            coveredMs: number;
                            /** @description Stretches of markets that cannot be rebuilt: one hole of the ledger may cost many. */
                            marketHoles: number;
                            /** @description Rows of the ledger. */
                            holes: number;
                            /** @description The longest first. */
                            causes: {
                                cause: string;
                                holes: number;
                                uncoveredMs: number;
                            }[];
                            /** @description By ticker. */
                            markets: {
                                market: string;
                                coveredMs: number;
                                ofMs: number;
                                holes: number;
                                /** @description Its first book in the stretch. */
                                fromMs: number;
                                /** @description In which of 72 equal parts of the stretch its 50 longest holes lie, from 0 on. */
                                holeParts: number[];
                            }[];
                            /** @description Ask with it as `after` for the others; null: there are none. */
                            next: string | null;
                        };
                    };
                };
                /** @description QUERY_INVALID */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description TOKEN_REQUIRED */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description ORIGIN_REFUSED */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description TOO_MANY_REQUESTS */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description INTERNAL */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description SHUTTING_DOWN, STORE_UNAVAILABLE */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sessions/{id}/coverage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How much of the time of a session's markets is covered, and its holes. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The answer. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            session: string;
                            fromMs: number;
                            toMs: number;
                            /** @description When this was worked out: it is kept for half a minute at least. */
                            atMs: number;
                            /** @description All that were recorded. */
                            marketsFound: number;
                            /** @description Those in the sums: the newest 20,000 at most, as far as they were read in 20 s. */
                            marketsSummed: number;
                            /** @description Of each market from its first book in the stretch, all together. */
                            marketMs: number;
                            /** @description Of that, where its book can be rebuilt. */
                            coveredMs: number;
                            /** @description Stretches of markets that cannot be rebuilt: one hole of the ledger may cost many. */
                            marketHoles: number;
                            /** @description Rows of the ledger. */
                            holes: number;
                            /** @description The longest first. */
                            causes: {
                                cause: string;
                                holes: number;
                                uncoveredMs: number;
                            }[];
                            /** @description Holes of the ledger, 500 at most: those that lie together are one, with their count. */
                            spans: {
                                fromMs: number;
                                toMs: number | null;
                                cause: string;
                                why: string | null;
                                count: number;
                            }[];
                            /** @description Of the markets in the sums, the first 500 by ticker. */
                            tickers: string[];
                        };
                    };
                };
                /** @description QUERY_INVALID */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description TOKEN_REQUIRED */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description ORIGIN_REFUSED */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description SESSION_UNKNOWN */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description TOO_MANY_REQUESTS */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description INTERNAL */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description SHUTTING_DOWN, STORE_UNAVAILABLE */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/coverage/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How much of the time of the markets of some sessions is covered, for a list of them. */
        get: {
            parameters: {
                query: {
                    ids: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The answer. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @description In the order of the question. */
                            sessions: {
                                session: string;
                                fromMs: number;
                                toMs: number;
                                /** @description When this was worked out: it is kept for half a minute at least. */
                                atMs: number;
                                /** @description Of each market from its first book in the stretch, all together. */
                                marketMs: number;
                                /** @description Of that, where its book can be rebuilt. */
                                coveredMs: number;
                                /** @description Rows of the ledger. */
                                holes: number;
                                /** @description Holes of the ledger, 120 at most: those that lie together are one, with their count. */
                                marks: {
                                    fromMs: number;
                                    toMs: number | null;
                                    count: number;
                                }[];
                            }[];
                            /** @description There is no such session. */
                            unknown: string[];
                            /** @description Not worked out within 2 s: ask again for these. */
                            left: string[];
                        };
                    };
                };
                /** @description QUERY_INVALID */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description TOKEN_REQUIRED */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description ORIGIN_REFUSED */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description TOO_MANY_REQUESTS */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description INTERNAL */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description SHUTTING_DOWN, STORE_UNAVAILABLE */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/gaps": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Holes of the ledger by session, market and time. */
        get: {
            parameters: {
                query?: {
                    session?: string;
                    market?: string;
                    from?: string;
                    to?: string;
                    after?: string;
                    limit?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The answer. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @description Newest first. */
                            gaps: {
                                session: string;
                                cause: string;
                                /** @description The one that misses something; null: any of the subscription may. */
                                market: string | null;
                                epoch: number | null;
                                sid: number | null;
                                firstSeq: number | null;
                                lastSeq: number | null;
                                fromMs: number;
                                toMs: number | null;
                            }[];
                            /** @description Give it back as after for the next page; null: there is none. */
                            next: string | null;
                        };
                    };
                };
                /** @description QUERY_INVALID */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description TOKEN_REQUIRED */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description ORIGIN_REFUSED */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description TOO_MANY_REQUESTS */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description INTERNAL */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description SHUTTING_DOWN, STORE_UNAVAILABLE */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/markets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The wanted markets, and what they are called. */
        get: {
            parameters: {
                query?: {
                    after?: string;
                    limit?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The answer. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @description By ticker. */
                            markets: {
                                market: string;
                                /** @description The exchange does not know it: the name is wrong, or the market is gone. */
                                unknown: boolean;
                                /** @description What follows is known. */
                                described: boolean;
                                title: string | null;
                                subtitle: string | null;
                                yesSubtitle: string | null;
                                eventTicker: string | null;
                                seriesTicker: string | null;
                                status: ("unopened" | "open" | "paused" | "closed" | "determined" | "settled") | null;
                                openAtMs: number | null;
                                closeAtMs: number | null;
                            }[];
                            /** @description On all pages. */
                            wanted: number;
                            /** @description Ask with it as `after` for the others; null: there are none. */
                            next: string | null;
                        };
                    };
                };
                /** @description QUERY_INVALID */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description TOKEN_REQUIRED */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description ORIGIN_REFUSED */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description INTERNAL */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description SHUTTING_DOWN */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/markets/{ticker}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a market is, and what became of it. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    ticker: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The answer. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            market: string;
                            /** @description Its book is kept: see /books/TICKER. */
                            wanted: boolean;
                            status: ("unopened" | "open" | "paused" | "closed" | "determined" | "settled") | null;
                            title: string | null;
                            subtitle: string | null;
                            yesSubtitle: string | null;
                            noSubtitle: string | null;
                            eventTicker: string | null;
                            seriesTicker: string | null;
                            openAtMs: number | null;
                            closeAtMs: number | null;
                            expectedExpirationAtMs: number | null;
                            /** @description Valid prices, in 1/10,000 dollar. */
                            priceRanges: {
                                start: number;
                                end: number;
                                step: number;
                            }[] | null;
                            /** @description The finest step, in 1/10,000 dollar. */
                            tickSize: number | null;
                            result: string | null;
                            /** @description What a YES contract pays, in 1/10,000 dollar. */
                            settlementValue: number | null;
                            determinedAtMs: number | null;
                            settledAtMs: number | null;
                            /** @description When the description came; null: there was none. */
                            describedAtMs: number | null;
                            /** @description When its book was compared with the exchange's: the latest 50, the last one last. */
                            audits: {
                                atMs: number;
                                /** @description Levels that were not equal. */
                                differences: number;
                            }[];
                        };
                    };
                };
                /** @description QUERY_INVALID */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description TOKEN_REQUIRED */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description ORIGIN_REFUSED */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description MARKET_UNKNOWN */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description TOO_MANY_REQUESTS */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description INTERNAL */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description SHUTTING_DOWN, STORE_UNAVAILABLE */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/books/{ticker}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The levels of a book through time, in columns. */
        get: {
            parameters: {
                query: {
                    from: string;
                    to?: string;
                    step?: "500" | "2000" | "8000" | "32000";
                };
                header?: never;
                path: {
                    ticker: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The answer. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            market: string;
                            fromMs: number;
                            stepMs: number;
                            /** @description One for each step; null: at its end the book was not known. */
                            columns: ({
                                /** @description All levels; otherwise those that changed since the column before, size 0: gone. */
                                whole: boolean;
                                /** @description Price, size, price, size …, in 1/10,000 dollar and 1/100 contract. */
                                yes: number[];
                                /** @description Price, size, price, size …, in 1/10,000 dollar and 1/100 contract. */
                                no: number[];
                            } | null)[];
                            holes: {
                                fromMs: number;
                                toMs: number;
                                cause: string;
                            }[];
                            trades: {
                                atMs: number;
                                /** @description Of YES. */
                                price: number;
                                size: number;
                                takerSide: ("yes" | "no") | null;
                                count: number;
                            }[];
                            /** @description Ask from there for the next page; null: this one reaches to the end. */
                            nextFromMs: number | null;
                        };
                    };
                };
                /** @description QUERY_INVALID */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description TOKEN_REQUIRED */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description ORIGIN_REFUSED */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description MARKET_UNKNOWN */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description TOO_MANY_REQUESTS */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description INTERNAL */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description SHUTTING_DOWN, STORE_UNAVAILABLE */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Jobs of sessions that run or are kept. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The answer. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @description The one that was begun last first. One runs at most. */
                            jobs: {
                                /** @enum {string} */
                                kind: "verify" | "export";
                                session: string;
                                /** @enum {string} */
                                state: "running" | "done" | "failed" | "canceled";
                                startedAtMs: number;
                                endedAtMs: number | null;
                                /** @description Records so far. */
                                done: number;
                                of: number;
                            }[];
                        };
                    };
                };
                /** @description QUERY_INVALID */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description TOKEN_REQUIRED */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description ORIGIN_REFUSED */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description INTERNAL */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description SHUTTING_DOWN */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sessions/{id}/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How far the verification of a session is, and what it found. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The answer. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            session: string;
                            /** @enum {string} */
                            state: "running" | "done" | "failed" | "canceled";
                            startedAtMs: number;
                            endedAtMs: number | null;
                            /** @description Looked at so far. */
                            records: number;
                            ofRecords: number;
                            result: {
                                ok: boolean;
                                laws: {
                                    law: string;
                                    ok: boolean;
                                    checked: number;
                                    problemCount: number;
                                    /** @description The first 20. */
                                    problems: ({
                                        message: string;
                                    } & {
                                        [key: string]: unknown;
                                    })[];
                                }[];
                                numbers: {
                                    expected: number;
                                    missing: number;
                                };
                                markets: number;
                            } | null;
                            /** @description A code. */
                            failure: string | null;
                        };
                    };
                };
                /** @description QUERY_INVALID */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description TOKEN_REQUIRED */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description ORIGIN_REFUSED */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description SESSION_UNKNOWN, JOB_UNKNOWN */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description INTERNAL */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description SHUTTING_DOWN */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
            };
        };
        put?: never;
        /** Begins to verify a session. */
        post: {
            parameters: {
                query?: never;
                header: {
                    "X-Trader-Request": "1";
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": Record<string, never>;
                };
            };
            responses: {
                /** @description The answer. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            session: string;
                            /** @enum {string} */
                            state: "running" | "done" | "failed" | "canceled";
                            startedAtMs: number;
                            endedAtMs: number | null;
                            /** @description Looked at so far. */
                            records: number;
                            ofRecords: number;
                            result: {
                                ok: boolean;
                                laws: {
                                    law: string;
                                    ok: boolean;
                                    checked: number;
                                    problemCount: number;
                                    /** @description The first 20. */
                                    problems: ({
                                        message: string;
                                    } & {
                                        [key: string]: unknown;
                                    })[];
                                }[];
                                numbers: {
                                    expected: number;
                                    missing: number;
                                };
                                markets: number;
                            } | null;
                            /** @description A code. */
                            failure: string | null;
                        };
                    };
                };
                /** @description QUERY_INVALID */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description TOKEN_REQUIRED */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description ORIGIN_REFUSED, CHANGE_REFUSED */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description SESSION_UNKNOWN */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description JOB_UNDER_WAY */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description TOO_MANY_REQUESTS */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description INTERNAL */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description SHUTTING_DOWN, STORE_UNAVAILABLE */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
            };
        };
        /** Ends the verification of a session. */
        delete: {
            parameters: {
                query?: never;
                header: {
                    "X-Trader-Request": "1";
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The answer. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            session: string;
                            /** @enum {string} */
                            state: "running" | "done" | "failed" | "canceled";
                            startedAtMs: number;
                            endedAtMs: number | null;
                            /** @description Looked at so far. */
                            records: number;
                            ofRecords: number;
                            result: {
                                ok: boolean;
                                laws: {
                                    law: string;
                                    ok: boolean;
                                    checked: number;
                                    problemCount: number;
                                    /** @description The first 20. */
                                    problems: ({
                                        message: string;
                                    } & {
                                        [key: string]: unknown;
                                    })[];
                                }[];
                                numbers: {
                                    expected: number;
                                    missing: number;
                                };
                                markets: number;
                            } | null;
                            /** @description A code. */
                            failure: string | null;
                        };
                    };
                };
                /** @description QUERY_INVALID */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description TOKEN_REQUIRED */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description ORIGIN_REFUSED, CHANGE_REFUSED */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description SESSION_UNKNOWN, JOB_UNKNOWN */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description INTERNAL */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description SHUTTING_DOWN */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sessions/{id}/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How far the export of a session is, and where its files are. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The answer. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            session: string;
                            /** @enum {string} */
                            state: "running" | "done" | "failed" | "canceled";
                            startedAtMs: number;
                            endedAtMs: number | null;
                            /** @description Looked at so far. */
                            records: number;
                            ofRecords: number;
                            result: {
                                /** @description On the trader's machine. */
                                folder: string;
                                files: {
                                    what: string;
                                    file: string;
                                    rows: number;
                                }[];
                                coverageFile: string;
                                /** @description Parts of the session that could not be read, and are left out. */
                                damaged: number;
                            } | null;
                            /** @description A code. */
                            failure: string | null;
                        };
                    };
                };
                /** @description QUERY_INVALID */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description TOKEN_REQUIRED */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description ORIGIN_REFUSED */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description SESSION_UNKNOWN, JOB_UNKNOWN */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description INTERNAL */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description SHUTTING_DOWN */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
            };
        };
        put?: never;
        /** Begins to export a session to Parquet files, in a folder that the trader's settings name. */
        post: {
            parameters: {
                query?: never;
                header: {
                    "X-Trader-Request": "1";
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": Record<string, never>;
                };
            };
            responses: {
                /** @description The answer. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            session: string;
                            /** @enum {string} */
                            state: "running" | "done" | "failed" | "canceled";
                            startedAtMs: number;
                            endedAtMs: number | null;
                            /** @description Looked at so far. */
                            records: number;
                            ofRecords: number;
                            result: {
                                /** @description On the trader's machine. */
                                folder: string;
                                files: {
                                    what: string;
                                    file: string;
                                    rows: number;
                                }[];
                                coverageFile: string;
                                /** @description Parts of the session that could not be read, and are left out. */
                                damaged: number;
                            } | null;
                            /** @description A code. */
                            failure: string | null;
                        };
                    };
                };
                /** @description QUERY_INVALID */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description TOKEN_REQUIRED */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description ORIGIN_REFUSED, CHANGE_REFUSED */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description SESSION_UNKNOWN, EXPORT_UNAVAILABLE */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description JOB_UNDER_WAY */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description TOO_MANY_REQUESTS */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description INTERNAL */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description SHUTTING_DOWN, STORE_UNAVAILABLE */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
            };
        };
        /** Ends the export of a session, of which nothing is left then. */
        delete: {
            parameters: {
                query?: never;
                header: {
                    "X-Trader-Request": "1";
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The answer. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            session: string;
                            /** @enum {string} */
                            state: "running" | "done" | "failed" | "canceled";
                            startedAtMs: number;
                            endedAtMs: number | null;
                            /** @description Looked at so far. */
                            records: number;
                            ofRecords: number;
                            result: {
                                /** @description On the trader's machine. */
                                folder: string;
                                files: {
                                    what: string;
                                    file: string;
                                    rows: number;
                                }[];
                                coverageFile: string;
                                /** @description Parts of the session that could not be read, and are left out. */
                                damaged: number;
                            } | null;
                            /** @description A code. */
                            failure: string | null;
                        };
                    };
                };
                /** @description QUERY_INVALID */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description TOKEN_REQUIRED */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description ORIGIN_REFUSED, CHANGE_REFUSED */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description SESSION_UNKNOWN, JOB_UNKNOWN */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description INTERNAL */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description SHUTTING_DOWN */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/faults": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Faults of the simulator, and what came of them. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The answer. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            groups: ("frames" | "connections" | "handshakes" | "exchange")[];
                            names: {
                                /** @enum {string} */
                                name: "drop" | "duplicate" | "delay" | "reorder" | "corrupt" | "truncate" | "giant" | "binary" | "seq-hole" | "seq-reset" | "ack-id" | "ack-partial" | "wrong-snapshot" | "unknown-type" | "unknown-field" | "cents-era" | "negative-figures" | "error" | "cut" | "close" | "stall" | "no-pings" | "no-pongs" | "half-open" | "stop-reading" | "slow-link" | "flip-yes-price" | "clock-skew" | "refuse" | "never-upgrade" | "accept-then-close" | "maintenance" | "trading-pause" | "no-open-markets" | "price-structure" | "lost-frame" | "hidden-loss" | "unreadable";
                                kind: string;
                                /** @enum {string} */
                                group: "frames" | "connections" | "handshakes" | "exchange";
                                what: string;
                                /** @description When it ends unless you say otherwise. */
                                untilMs: number;
                                /** @description It can be of one connection that is open. */
                                takesConnection: boolean;
                            }[];
                            /** @description Those that the simulator has open, by what "connection" is sent as, the newest last. */
                            connections: number[];
                            /** @description That the simulator has. */
                            faults: {
                                id: string;
                                kind: string;
                                state: string;
                                hits: number;
                            }[];
                            /** @description The latest 200, the newest first. */
                            injected: {
                                id: string;
                                name: string;
                                kind: string;
                                connection: number | null;
                                state: string;
                                /** @description How often it was done; null: no longer known. */
                                hits: number | null;
                                injectedAtMs: number;
                                beginsAtMs: number;
                                /** @description At the latest. */
                                endsAtMs: number;
                                /** @description The first gap, stale book, unreadable frame or problem that the feed reported. */
                                noticedAtMs: number | null;
                                noticedBy: string | null;
                                /** @description All books were right again, and the trader ready. */
                                healedAtMs: number | null;
                                /** @description Its cause in the ledger, else what noticed it; "passed over": nothing was missed so far. */
                                namedAs: string | null;
                            }[];
                        };
                    };
                };
                /** @description QUERY_INVALID */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description TOKEN_REQUIRED */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description ORIGIN_REFUSED */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description FAULTS_UNAVAILABLE */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description INTERNAL */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description SHUTTING_DOWN */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
            };
        };
        put?: never;
        /** Injects a fault by name. */
        post: {
            parameters: {
                query?: never;
                header: {
                    "X-Trader-Request": "1";
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @enum {string} */
                        name: "drop" | "duplicate" | "delay" | "reorder" | "corrupt" | "truncate" | "giant" | "binary" | "seq-hole" | "seq-reset" | "ack-id" | "ack-partial" | "wrong-snapshot" | "unknown-type" | "unknown-field" | "cents-era" | "negative-figures" | "error" | "cut" | "close" | "stall" | "no-pings" | "no-pongs" | "half-open" | "stop-reading" | "slow-link" | "flip-yes-price" | "clock-skew" | "refuse" | "never-upgrade" | "accept-then-close" | "maintenance" | "trading-pause" | "no-open-markets" | "price-structure" | "lost-frame" | "hidden-loss" | "unreadable";
                        /** @description Number of its handshake; all, if left out. */
                        connection?: number;
                        /** @description Begins so much later. At once, if left out. */
                        fromMs?: number;
                        /** @description Ends so much later than now, at the latest. */
                        untilMs?: number;
                    };
                };
            };
            responses: {
                /** @description The answer. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            groups: ("frames" | "connections" | "handshakes" | "exchange")[];
                            names: {
                                /** @enum {string} */
                                name: "drop" | "duplicate" | "delay" | "reorder" | "corrupt" | "truncate" | "giant" | "binary" | "seq-hole" | "seq-reset" | "ack-id" | "ack-partial" | "wrong-snapshot" | "unknown-type" | "unknown-field" | "cents-era" | "negative-figures" | "error" | "cut" | "close" | "stall" | "no-pings" | "no-pongs" | "half-open" | "stop-reading" | "slow-link" | "flip-yes-price" | "clock-skew" | "refuse" | "never-upgrade" | "accept-then-close" | "maintenance" | "trading-pause" | "no-open-markets" | "price-structure" | "lost-frame" | "hidden-loss" | "unreadable";
                                kind: string;
                                /** @enum {string} */
                                group: "frames" | "connections" | "handshakes" | "exchange";
                                what: string;
                                /** @description When it ends unless you say otherwise. */
                                untilMs: number;
                                /** @description It can be of one connection that is open. */
                                takesConnection: boolean;
                            }[];
                            /** @description Those that the simulator has open, by what "connection" is sent as, the newest last. */
                            connections: number[];
                            /** @description That the simulator has. */
                            faults: {
                                id: string;
                                kind: string;
                                state: string;
                                hits: number;
                            }[];
                            /** @description The latest 200, the newest first. */
                            injected: {
                                id: string;
                                name: string;
                                kind: string;
                                connection: number | null;
                                state: string;
                                /** @description How often it was done; null: no longer known. */
                                hits: number | null;
                                injectedAtMs: number;
                                beginsAtMs: number;
                                /** @description At the latest. */
                                endsAtMs: number;
                                /** @description The first gap, stale book, unreadable frame or problem that the feed reported. */
                                noticedAtMs: number | null;
                                noticedBy: string | null;
                                /** @description All books were right again, and the trader ready. */
                                healedAtMs: number | null;
                                /** @description Its cause in the ledger, else what noticed it; "passed over": nothing was missed so far. */
                                namedAs: string | null;
                            }[];
                        };
                    };
                };
                /** @description QUERY_INVALID, BODY_INVALID */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description TOKEN_REQUIRED */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description ORIGIN_REFUSED, CHANGE_REFUSED */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description FAULTS_UNAVAILABLE */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description FAULT_NOT_POSSIBLE, TOO_MANY_FAULTS */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description INTERNAL */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description SHUTTING_DOWN */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
            };
        };
        /** Ends all faults. */
        delete: {
            parameters: {
                query?: never;
                header: {
                    "X-Trader-Request": "1";
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The answer. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            groups: ("frames" | "connections" | "handshakes" | "exchange")[];
                            names: {
                                /** @enum {string} */
                                name: "drop" | "duplicate" | "delay" | "reorder" | "corrupt" | "truncate" | "giant" | "binary" | "seq-hole" | "seq-reset" | "ack-id" | "ack-partial" | "wrong-snapshot" | "unknown-type" | "unknown-field" | "cents-era" | "negative-figures" | "error" | "cut" | "close" | "stall" | "no-pings" | "no-pongs" | "half-open" | "stop-reading" | "slow-link" | "flip-yes-price" | "clock-skew" | "refuse" | "never-upgrade" | "accept-then-close" | "maintenance" | "trading-pause" | "no-open-markets" | "price-structure" | "lost-frame" | "hidden-loss" | "unreadable";
                                kind: string;
                                /** @enum {string} */
                                group: "frames" | "connections" | "handshakes" | "exchange";
                                what: string;
                                /** @description When it ends unless you say otherwise. */
                                untilMs: number;
                                /** @description It can be of one connection that is open. */
                                takesConnection: boolean;
                            }[];
                            /** @description Those that the simulator has open, by what "connection" is sent as, the newest last. */
                            connections: number[];
                            /** @description That the simulator has. */
                            faults: {
                                id: string;
                                kind: string;
                                state: string;
                                hits: number;
                            }[];
                            /** @description The latest 200, the newest first. */
                            injected: {
                                id: string;
                                name: string;
                                kind: string;
                                connection: number | null;
                                state: string;
                                /** @description How often it was done; null: no longer known. */
                                hits: number | null;
                                injectedAtMs: number;
                                beginsAtMs: number;
                                /** @description At the latest. */
                                endsAtMs: number;
                                /** @description The first gap, stale book, unreadable frame or problem that the feed reported. */
                                noticedAtMs: number | null;
                                noticedBy: string | null;
                                /** @description All books were right again, and the trader ready. */
                                healedAtMs: number | null;
                                /** @description Its cause in the ledger, else what noticed it; "passed over": nothing was missed so far. */
                                namedAs: string | null;
                            }[];
                        };
                    };
                };
                /** @description QUERY_INVALID */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description TOKEN_REQUIRED */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description ORIGIN_REFUSED, CHANGE_REFUSED */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description FAULTS_UNAVAILABLE */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description INTERNAL */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description SHUTTING_DOWN */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Error: {
            error: {
                code: string;
                message: string;
            };
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
