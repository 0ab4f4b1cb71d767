// What the shop sells, and the cart as it travels in a cookie: `teapot.1-cup.4`.

export interface Article {
  readonly id: string;
  readonly name: string;
  /** In cents. */
  readonly price: number;
}

export interface CartItem {
  readonly article: string;
  readonly quantity: number;
}

export const catalogue: readonly Article[] = [
  { id: 'teapot', name: 'Teapot', price: 3900 },
  { id: 'cup', name: 'Cup', price: 900 },
  { id: 'kettle', name: 'Kettle', price: 5400 },
  { id: 'tray', name: 'Tray', price: 2200 },
  { id: 'strainer', name: 'Strainer', price: 700 },
  { id: 'caddy', name: 'Tea caddy', price: 1600 },
];

const articleOf = (id: string): Article | undefined => catalogue.find((article) => article.id === id);

export const priceOf = (items: readonly CartItem[]): number =>
  items.reduce((sum, { article, quantity }) => sum + (articleOf(article)?.price ?? 0) * quantity, 0);

/** `1 Teapot, 4 Cup`. */
export const namesOf = (items: readonly CartItem[]): string =>
  items.map(({ article, quantity }) => `${quantity} ${articleOf(article)?.name ?? article}`).join(', ');

export const writeCart = (items: readonly CartItem[]): string => items.map(({ article, quantity }) => `${article}.${quantity}`).join('-');

/** The items in a `Cookie` header. What is not sold here, or not counted in whole numbers, is left out. */
export function readCart(cookie: string | undefined): readonly CartItem[] {
  const cart = /(?:^|;\s*)cart=([\w.-]*)/.exec(cookie ?? '')?.[1] ?? '';
  return cart
    .split('-')
    .map((item) => item.split('.'))
    .map(([article = '', quantity = '']) => ({ article, quantity: Number(quantity) }))
    .filter(({ article, quantity }) => articleOf(article) !== undefined && Number.isInteger(quantity) && quantity > 0);
}
