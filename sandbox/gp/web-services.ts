import { randomUUID } from 'node:crypto';
import express, { type RequestHandler, type Router } from 'express';
import { readCall } from './soap';
import { type Company } from './model';

const gp = 'http://schemas.microsoft.com/dynamics/gp/2006/01';
const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const envelope = (body: string): string => `<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>${body}</soap:Body></soap:Envelope>`;
const keyIn = (body: string): string => /<(?:\w+:)?Id>([^<]*)<\/(?:\w+:)?Id>/.exec(body)?.[1]?.trim() ?? '';

/** A few reads of the legacy Web Services endpoint; a miss is "Business object not found." with a log id. */
export function webServices(company: Company, authenticate: RequestHandler): Router {
  const router = express.Router();
  router.post('/DynamicsGPWebServices/DynamicsGPService.asmx', authenticate, express.text({ type: () => true, limit: '5mb' }), (req, res) => {
    const body = typeof req.body === 'string' ? req.body : '';
    const operation = readCall(body, req.header('soapaction') ?? '')?.operation;
    const answer = (result: string): void => { res.type('text/xml').send(envelope(`<${operation}Response xmlns="${gp}"><${operation}Result>${result}</${operation}Result></${operation}Response>`)); };
    const missing = (): void => { res.status(500).type('text/xml').send(envelope(`<soap:Fault><faultcode>soap:Client</faultcode><faultstring>Business object not found.</faultstring><detail><logId>${randomUUID()}</logId></detail></soap:Fault>`)); };
    if (operation === 'GetCompanyList') answer('<CompanySummary><Key><Id>2</Id></Key><Name>Fabrikam, Inc.</Name></CompanySummary>');
    else if (operation === 'GetCustomerByKey') {
      const customer = company.customers.get(keyIn(body));
      if (customer) answer(`<Key><Id>${escape(customer.number)}</Id></Key><IsOnHold>${customer.hold}</IsOnHold><IsActive>true</IsActive><Name>${escape(customer.name)}</Name>`); else missing();
    } else if (operation === 'GetSalesInvoiceByKey' || operation === 'GetSalesOrderByKey') {
      const doc = company.sop.get(`${operation === 'GetSalesOrderByKey' ? 2 : 3}/${keyIn(body)}`);
      if (doc) answer(`<Key><Id>${escape(doc.number)}</Id></Key><Date>${doc.date}T00:00:00</Date><TransactionState>${doc.history ? 'History' : 'Work'}</TransactionState><TotalAmount><Currency>${doc.currency}</Currency><Value>${doc.total}</Value></TotalAmount>`); else missing();
    } else missing();
  });
  return router;
}
