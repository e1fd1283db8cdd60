// Which rows of a list are on the screen, by their places in it.
import { createSignal, onCleanup, type Accessor } from 'solid-js';

export type Visible = {
  readonly places: Accessor<ReadonlySet<number>>;
  /** For a row's element, as long as whoever calls is there. */
  readonly watch: (element: Element, place: number) => void;
};

export function followVisible(): Visible {
  const [places, setPlaces] = createSignal<ReadonlySet<number>>(new Set());
  const placeOf = new WeakMap<Element, number>();
  const observer = new IntersectionObserver((entries) =>
    setPlaces((before) => {
      const next = new Set(before);
      for (const { target, isIntersecting } of entries) {
        const place = placeOf.get(target)!;
        if (isIntersecting) next.add(place);
        else next.delete(place);
      }
      return next;
    }),
  );
  onCleanup(() => observer.disconnect());
  return {
    places,
    watch(element, place) {
      placeOf.set(element, place);
      observer.observe(element);
      onCleanup(() => {
        observer.unobserve(element);
        setPlaces((before) => new Set([...before].filter((each) => each !== place)));
      });
    },
  };
}
