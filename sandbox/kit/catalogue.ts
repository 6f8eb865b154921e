/** What the simulated shops sell, price in cents, and to whom: nobody real. */
export const goods = [['TSHIRT-BLK-M', 'T-shirt black, M', 2450], ['MUG-WHITE', 'Mug, white', 1290], ['CAP-RED', 'Cap, red', 1899], ['HOODIE-GRY-L', 'Hoodie grey, L', 5990], ['STICKER-SET', 'Sticker set', 499]] as const;
export const people = [['Ann', 'Lee'], ['Bruno', 'Müller'], ['Carla', 'Rossi'], ['Dinesh', 'Patel'], ['Eve', "O'Neill"], ['Farid', 'Haddad'], ['Grace', 'Kim'], ['Håkon', 'Øst'], ['Iris', 'van Dijk'], ['José', 'Núñez']] as const;
export const mailOf = (first: string, serial: number): string => `${first.normalize('NFKD').replace(/[^a-z]/gi, '').toLowerCase()}.${serial % 500}@example.org`;
