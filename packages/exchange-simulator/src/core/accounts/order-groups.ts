// The order groups of all accounts. In go changes by hand, out go frames of `order_group_updates` for the owner.
import { formatSize } from '../market/fixed-point.ts';
import type { Hub } from '../socket/hub.ts';

interface OrderGroup {
  readonly keyId: string;
  limit: number;
  triggered: boolean;
}

type GroupEvent = 'created' | 'triggered' | 'reset' | 'deleted' | 'limit_updated';

/** The order groups of all accounts; `order_group_updates` tells their changes. Sizes are in 1/100 contract. */
export class OrderGroups {
  readonly #hub: Hub;
  readonly #groups = new Map<string, OrderGroup>();

  constructor(hub: Hub) {
    this.#hub = hub;
  }

  create(keyId: string, orderGroupId: string, limit: number, atMicros: number): void {
    this.#groups.set(orderGroupId, { keyId, limit, triggered: false });
    this.#tellGroup('created', keyId, orderGroupId, atMicros, limit);
  }

  setLimit(keyId: string, orderGroupId: string, limit: number, atMicros: number): boolean {
    return this.#changeGroup('limit_updated', keyId, orderGroupId, atMicros, (group) => (group.limit = limit));
  }

  /** No more orders are taken for the group until {@link reset}. */
  trigger(keyId: string, orderGroupId: string, atMicros: number): boolean {
    return this.#changeGroup('triggered', keyId, orderGroupId, atMicros, (group) => (group.triggered = true));
  }

  reset(keyId: string, orderGroupId: string, atMicros: number): boolean {
    return this.#changeGroup('reset', keyId, orderGroupId, atMicros, (group) => (group.triggered = false));
  }

  delete(keyId: string, orderGroupId: string, atMicros: number): boolean {
    return this.#changeGroup('deleted', keyId, orderGroupId, atMicros, () => this.#groups.delete(orderGroupId));
  }

  /** Whether the group takes no orders: it was triggered, or there is none such of this account. */
  isClosed(keyId: string, orderGroupId: string): boolean {
    const group = this.#groups.get(orderGroupId);
    return group?.keyId !== keyId || group.triggered;
  }

  #changeGroup(
    event: GroupEvent,
    keyId: string,
    orderGroupId: string,
    atMicros: number,
    change: (group: OrderGroup) => unknown,
  ): boolean {
    const group = this.#groups.get(orderGroupId);
    if (group?.keyId !== keyId) return false;
    change(group);
    this.#tellGroup(event, keyId, orderGroupId, atMicros, event === 'limit_updated' ? group.limit : undefined);
    return true;
  }

  #tellGroup(event: GroupEvent, keyId: string, orderGroupId: string, atMicros: number, limit?: number): void {
    const message = {
      event_type: event,
      order_group_id: orderGroupId,
      ...(limit !== undefined && { contracts_limit_fp: formatSize(limit) }),
      ts_ms: Math.floor(atMicros / 1000),
    };
    const tail = `"msg":${JSON.stringify(message)}}`;
    this.#hub.publish('order_group_updates', { type: 'order_group_updates', ticker: undefined, tail }, keyId);
  }
}
