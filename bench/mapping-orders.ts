/** Orders as Shopify sends them: five taxed lines, a discount, freight, two addresses. Ids and amounts differ, so that nothing is the same twice. */
export function shopifyOrders(count: number): string[] {
  const money = (cents: number): string => `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
  return Array.from({ length: count }, (_, n) => {
    const lines = Array.from({ length: 5 }, (__, i) => {
      const [quantity, price, discount] = [1 + ((n + i) % 3), 499 + i * 700 + (n % 97), i === 1 ? 100 : 0];
      const net = quantity * price - discount;
      return { quantity, price, discount, net, tax: Math.round(net * 0.0825), id: 13_000_000_000_000 + i, sku: ['TSHIRT-BLK-M', 'MUG-WHITE', 'CAP-RED', 'HOODIE-GRY-L', 'STICKER-SET'][i] };
    });
    const [subtotal, tax] = [lines.reduce((a, l) => a + l.net, 0), lines.reduce((a, l) => a + l.tax, 0)];
    const address = { first_name: 'Bruno', last_name: 'Müller', company: null, address1: `${1 + (n % 90)} Market St`, address2: null, city: 'Springfield', province_code: 'IL', zip: '62701', country: 'United States', country_code: 'US', phone: null };
    return JSON.stringify({
      id: 6_000_000_000_000 + n, name: `#${n}`, created_at: '2026-11-02T10:00:00-05:00', processed_at: '2026-11-02T10:00:00-05:00', updated_at: '2026-11-02T10:05:00-05:00', cancelled_at: null, currency: 'USD', taxes_included: false, test: false, financial_status: 'paid',
      subtotal_price: money(subtotal), total_tax: money(tax), total_tip_received: '0.00', total_price: money(subtotal + tax + 795), total_outstanding: '0.00', payment_gateway_names: ['stripe'], source_name: 'web', tags: '', note: null,
      line_items: lines.map((l) => ({ id: l.id, variant_id: 4, product_id: 7, sku: l.sku, title: 'Goods', name: `Goods ${l.sku ?? ''}`, quantity: l.quantity, current_quantity: l.quantity, price: money(l.price), gift_card: false, discount_allocations: l.discount > 0 ? [{ amount: money(l.discount), discount_application_index: 0 }] : [], tax_lines: [{ title: 'State tax', rate: 0.0825, price: money(l.tax), channel_liable: false }] })),
      shipping_lines: [{ id: 1, title: 'Standard', price: '7.95', discounted_price: '7.95', discount_allocations: [], tax_lines: [] }], refunds: [], email: `buyer.${n % 500}@example.org`, phone: null,
      customer: { id: 9_000_000_000_000 + (n % 500), first_name: 'Bruno', last_name: 'Müller', email: `buyer.${n % 500}@example.org`, phone: null }, billing_address: address, shipping_address: address,
    });
  });
}

/** The same fields as one JSONata expression each: what somebody would write without an engine. It checks nothing, and it counts in floats. */
export const bareToCanonical = `{
  "source": {"kind": "shopify", "account": $account, "orderId": $string(id), "orderName": name}, "version": updated_at, "placedAt": processed_at, "currency": currency, "test": test, "paymentState": financial_status, "pricesIncludeTax": taxes_included,
  "customer": {"sourceId": $string(customer.id), "name": customer.first_name & " " & customer.last_name, "email": email, "guest": false},
  "billTo": billing_address.{"name": first_name & " " & last_name, "line1": address1, "city": city, "region": province_code, "postalCode": zip, "country": country, "countryCode": country_code}, "shipTo": shipping_address.{"name": first_name & " " & last_name, "line1": address1, "city": city, "region": province_code, "postalCode": zip, "country": country, "countryCode": country_code},
  "lines": [line_items.{"lineId": $string(id), "kind": gift_card ? "gift-card" : "goods", "sku": sku, "description": name, "quantity": quantity, "unitPrice": $number(price), "discount": $sum(discount_allocations.$number(amount)), "net": $round(quantity * $number(price) - $sum(discount_allocations.$number(amount)), 2), "taxes": [tax_lines.{"name": title, "rate": rate, "amount": $number(price), "collectedByMarketplace": channel_liable}]}],
  "shipping": [shipping_lines.{"title": title, "net": $number(discounted_price), "taxes": []}], "totals": {"tax": $number(total_tax), "total": $number(total_price), "lines": $number(subtotal_price), "shipping": $sum(shipping_lines.$number(discounted_price))}, "payments": []
}`;
export const bareToGp = `{
  "taUpdateCreateCustomerRcd": {"CUSTNMBR": $p.customerNumber, "CUSTNAME": $substring(customer.name, 0, 64), "ADRSCODE": $p.addressCode, "CNTCPRSN": billTo.name, "ADDRESS1": billTo.line1, "CITY": billTo.city, "STATE": billTo.region, "ZIPCODE": billTo.postalCode, "COUNTRY": billTo.country, "CreateAddress": 1, "UpdateIfExists": 1},
  "taCreateCustomerAddress_Items": [{"CUSTNMBR": $p.customerNumber, "ADRSCODE": $p.addressCode, "CNTCPRSN": billTo.name, "ADDRESS1": billTo.line1, "COUNTRY": billTo.country, "CITY": billTo.city, "STATE": billTo.region, "ZIPCODE": billTo.postalCode, "UpdateIfExists": 1}],
  "taSopLineIvcInsert_Items": [lines#$i.{"SOPTYPE": 2, "SOPNUMBE": $p.number, "CUSTNMBR": $p.customerNumber, "DOCDATE": $p.date, "LOCNCODE": $p.site, "ITEMNMBR": $lookup($items, sku), "UNITPRCE": unitPrice, "XTNDPRCE": net, "QUANTITY": quantity, "MRKDNAMT": discount > 0 ? $round(discount / quantity, 5) : null, "ITEMDESC": $substring(description, 0, 100), "TAXAMNT": $sum(taxes.amount), "NONINVEN": 0, "LNITMSEQ": 16384 * ($i + 1), "DOCID": $p.documentId, "CURNCYID": $p.currencyId, "QtyShrtOpt": 4}],
  "taSopLineIvcTaxInsert_Items": [lines#$i.(($net := net; taxes.{"SOPTYPE": 2, "TAXTYPE": 0, "SOPNUMBE": $p.number, "CUSTNMBR": $p.customerNumber, "LNITMSEQ": 16384 * ($i + 1), "SALESAMT": $net, "TAXDTLID": "WEB-TAX", "STAXAMNT": amount, "TDTTXSLS": $net}))],
  "taSopHdrIvcInsert": {"SOPTYPE": 2, "DOCID": $p.documentId, "SOPNUMBE": $p.number, "TAXSCHID": $p.taxScheduleId, "TAXAMNT": $round($sum(lines.taxes.amount), 2), "LOCNCODE": $p.site, "DOCDATE": $p.date, "FREIGHT": $sum(shipping.net), "MISCAMNT": 0, "TRDISAMT": 0, "CUSTNMBR": $p.customerNumber, "CUSTNAME": $substring(customer.name, 0, 64), "CSTPONBR": source.orderName, "ADDRESS1": shipTo.line1, "CITY": shipTo.city, "STATE": shipTo.region, "ZIPCODE": shipTo.postalCode, "COUNTRY": shipTo.country,
    "SUBTOTAL": $round($sum(lines.net), 2), "DOCAMNT": $round($sum(lines.net) + $sum(lines.taxes.amount) + $sum(shipping.net), 2), "BACHNUMB": $p.batch, "PRBTADCD": $p.addressCode, "PRSTADCD": $p.addressCode, "FRTTXAMT": 0, "MSCTXAMT": 0, "REFRENCE": $p.orderKey, "USINGHEADERLEVELTAXES": 0, "CREATEDIST": 1, "CREATETAXES": 0, "DEFTAXSCHDS": 0, "CURNCYID": $p.currencyId, "INTEGRATIONSOURCE": 7, "INTEGRATIONID": $p.orderKey, "CKCreditLimit": 0, "CKHOLD": 1}
}`;
