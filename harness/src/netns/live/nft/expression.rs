//! Attributes and expressions as nf_tables has them (include/uapi/linux/netfilter/nf_tables.h):
//! all numbers are big-endian, and every expression works on the first register.

use crate::netns::live::netlink::attribute;
use netlink_packet_core::NLA_F_NESTED;
use std::net::IpAddr;

/// NFT_REG_VERDICT and NFT_REG_1.
const VERDICT: u32 = 0;
const REGISTER: u32 = 1;

/// NFTA_LIST_ELEM, NFTA_EXPR_NAME and NFTA_EXPR_DATA.
const ELEMENT: u16 = 1;
const NAME: u16 = 1;
const DATA: u16 = 2;

/// NFTA_DATA_VALUE and NFTA_DATA_VERDICT.
const DATA_VALUE: u16 = 1;
const DATA_VERDICT: u16 = 2;

/// `enum nft_meta_keys`
#[derive(Debug, Clone, Copy)]
#[repr(u32)]
pub(super) enum Meta {
    Protocol = 1,
    InName = 6,
    OutName = 7,
    NfProto = 15,
    L4Proto = 16,
}

/// `enum nft_payload_bases`
#[derive(Debug, Clone, Copy)]
#[repr(u32)]
pub(super) enum Base {
    Network = 1,
    Transport = 2,
}

/// `enum nft_cmp_ops`
#[derive(Debug, Clone, Copy)]
#[repr(u32)]
pub(super) enum Compare {
    Equal = 0,
    NotEqual = 1,
    Less = 2,
    AtMost = 3,
    AtLeast = 5,
}

/// `enum nft_ng_types`
#[derive(Debug, Clone, Copy)]
#[repr(u32)]
pub(super) enum Numbers {
    Incremental = 0,
    Random = 1,
}

pub(super) fn octets(kind: u16, value: &[u8]) -> Vec<u8> {
    attribute(kind, value)
}

pub(super) fn number(kind: u16, value: u32) -> Vec<u8> {
    attribute(kind, &value.to_be_bytes())
}

/// With its NUL.
pub(super) fn string(kind: u16, value: &str) -> Vec<u8> {
    attribute(kind, &[value.as_bytes(), &[0]].concat())
}

pub(super) fn nested(kind: u16, inside: &[Vec<u8>]) -> Vec<u8> {
    attribute(kind | NLA_F_NESTED, &inside.concat())
}

fn expression(name: &str, attributes: &[Vec<u8>]) -> Vec<u8> {
    nested(ELEMENT, &[string(NAME, name), nested(DATA, attributes)])
}

fn value(kind: u16, octets: &[u8]) -> Vec<u8> {
    nested(kind, &[attribute(DATA_VALUE, octets)])
}

/// NFTA_META_DREG, _KEY.
pub(super) fn meta(key: Meta) -> Vec<u8> {
    expression("meta", &[number(1, REGISTER), number(2, key as u32)])
}

/// NFTA_PAYLOAD_DREG, _BASE, _OFFSET, _LEN.
pub(super) fn payload(base: Base, offset: u32, length: u32) -> Vec<u8> {
    expression("payload", &[number(1, REGISTER), number(2, base as u32), number(3, offset), number(4, length)])
}

/// NFTA_CMP_SREG, _OP, _DATA.
pub(super) fn compare(how: Compare, with: &[u8]) -> Vec<u8> {
    expression("cmp", &[number(1, REGISTER), number(2, how as u32), value(3, with)])
}

/// NFTA_BITWISE_SREG, _DREG, _LEN, _MASK, _XOR.
pub(super) fn masked(mask: &[u8]) -> Vec<u8> {
    let length = u32::try_from(mask.len()).unwrap_or(u32::MAX);
    let none = vec![0; mask.len()];
    let registers = [number(1, REGISTER), number(2, REGISTER), number(3, length)];
    expression("bitwise", &[registers.concat(), value(4, mask), value(5, &none)])
}

/// NFTA_CT_DREG, _KEY: the state, as one bit of each, in the kernel's own order of octets.
pub(super) fn ct_state() -> Vec<u8> {
    expression("ct", &[number(1, REGISTER), number(2, 0)])
}

/// A number below `modulus`, big-endian: NFTA_NG_DREG, _MODULUS, _TYPE, _OFFSET; and
/// NFTA_BYTEORDER_SREG, _DREG, _OP (NFT_BYTEORDER_HTON), _LEN, _SIZE.
pub(super) fn numgen(kind: Numbers, modulus: u32) -> Vec<u8> {
    let made = [number(1, REGISTER), number(2, modulus), number(3, kind as u32), number(4, 0)];
    let turned = [number(1, REGISTER), number(2, REGISTER), number(3, 1), number(4, 4), number(5, 4)];
    [expression("numgen", &made), expression("byteorder", &turned)].concat()
}

/// NFTA_COUNTER_BYTES, _PACKETS.
pub(super) fn counter() -> Vec<u8> {
    let zero = 0_u64.to_be_bytes();
    expression("counter", &[attribute(1, &zero), attribute(2, &zero)])
}

/// NFTA_IMMEDIATE_DREG, _DATA.
fn immediate(register: u32, data: Vec<u8>) -> Vec<u8> {
    expression("immediate", &[number(1, register), data])
}

/// NF_DROP; NFTA_VERDICT_CODE.
pub(super) fn drop_it() -> Vec<u8> {
    immediate(VERDICT, nested(2, &[nested(DATA_VERDICT, &[number(1, 0)])]))
}

/// NFT_JUMP; NFTA_VERDICT_CODE, _CHAIN.
pub(super) fn jump(chain: &str) -> Vec<u8> {
    let code = attribute(1, &(-3_i32).to_be_bytes());
    immediate(VERDICT, nested(2, &[nested(DATA_VERDICT, &[code, string(2, chain)])]))
}

/// By a TCP reset, or by ICMP with this code: NFTA_REJECT_TYPE (NFT_REJECT_TCP_RST,
/// NFT_REJECT_ICMP_UNREACH), _ICMP_CODE.
pub(super) fn reject(code: Option<u8>) -> Vec<u8> {
    expression("reject", &[number(1, u32::from(code.is_none())), attribute(2, &[code.unwrap_or(0)])])
}

pub(super) fn masquerade() -> Vec<u8> {
    expression("masq", &[])
}

/// To an address: NFTA_NAT_TYPE (NFT_NAT_DNAT), _FAMILY (NFPROTO_IPV4, NFPROTO_IPV6),
/// _REG_ADDR_MIN.
pub(super) fn dnat(address: IpAddr) -> Vec<u8> {
    let (family, octets) = match address {
        IpAddr::V4(address) => (2, address.octets().to_vec()),
        IpAddr::V6(address) => (10, address.octets().to_vec()),
    };
    let nat = expression("nat", &[number(1, 1), number(2, family), number(3, REGISTER)]);
    [immediate(REGISTER, value(2, &octets)), nat].concat()
}
