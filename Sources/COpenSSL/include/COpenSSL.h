// OpenSSL 3, loaded when it is first needed: a program without TLS pays neither its start-up time nor its memory.
//
// What Swift calls is in one table of function pointers; what only C can express well is here too: a BIO over a
// socket that never waits, the callbacks that OpenSSL calls while no Python may run, and constants that are macros.
#ifndef COPENSSL_H
#define COPENSSL_H

#define OPENSSL_SUPPRESS_DEPRECATED 1
#include <openssl/bio.h>
#include <openssl/dh.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

/// Functions of libcrypto.
#define OPENSSL_CRYPTO_FUNCTIONS(F) \
    F(OpenSSL_version) F(OpenSSL_version_num) F(OPENSSL_sk_num) F(OPENSSL_sk_value) F(OPENSSL_sk_pop_free) F(CRYPTO_free) \
    F(ERR_clear_error) F(ERR_peek_last_error) F(ERR_peek_error) F(ERR_get_error) F(ERR_reason_error_string) F(ERR_lib_error_string) \
    F(EVP_MD_fetch) F(EVP_MD_free) F(EVP_MD_up_ref) F(EVP_MD_get_type) F(EVP_MD_get_size) F(EVP_MD_get_block_size) F(EVP_MD_get_flags) \
    F(EVP_MD_CTX_new) F(EVP_MD_CTX_free) F(EVP_MD_CTX_copy_ex) F(EVP_DigestInit_ex) F(EVP_DigestUpdate) F(EVP_DigestFinal_ex) F(EVP_DigestFinalXOF) \
    F(HMAC_CTX_new) F(HMAC_CTX_free) F(HMAC_CTX_copy) F(HMAC_Init_ex) F(HMAC_Update) F(HMAC_Final) F(PKCS5_PBKDF2_HMAC) F(EVP_PBE_scrypt) \
    F(RAND_bytes) F(RAND_status) F(RAND_add) \
    F(OBJ_nid2obj) F(OBJ_obj2nid) F(OBJ_nid2sn) F(OBJ_nid2ln) F(OBJ_txt2obj) F(OBJ_obj2txt) F(OBJ_sn2nid) \
    F(ASN1_OBJECT_free) F(ASN1_OCTET_STRING_free) F(ASN1_STRING_to_UTF8) F(ASN1_STRING_get0_data) F(ASN1_STRING_length) F(ASN1_STRING_type) F(ASN1_TIME_print) \
    F(i2a_ASN1_INTEGER) F(a2i_IPADDRESS) F(GENERAL_NAME_print) F(GENERAL_NAME_free) F(AUTHORITY_INFO_ACCESS_free) F(CRL_DIST_POINTS_free) \
    F(BIO_new) F(BIO_free) F(BIO_up_ref) F(BIO_s_mem) F(BIO_s_file) F(BIO_new_mem_buf) F(BIO_new_file) F(BIO_read) F(BIO_write) F(BIO_gets) \
    F(BIO_ctrl) F(BIO_ctrl_pending) F(BIO_clear_flags) F(BIO_set_flags) F(BIO_set_data) F(BIO_get_data) F(BIO_set_init) \
    F(BIO_get_new_index) F(BIO_meth_new) F(BIO_meth_set_write) F(BIO_meth_set_read) F(BIO_meth_set_ctrl) F(BIO_meth_set_destroy) \
    F(X509_free) F(X509_up_ref) F(X509_cmp) F(X509_get_subject_name) F(X509_get_issuer_name) F(X509_get_version) F(X509_get_serialNumber) \
    F(X509_get0_notBefore) F(X509_get0_notAfter) F(X509_get_ext_d2i) F(X509_check_ca) F(X509_subject_name_hash) F(X509_NAME_print_ex) \
    F(X509_NAME_entry_count) F(X509_NAME_get_entry) F(X509_NAME_ENTRY_set) F(X509_NAME_ENTRY_get_object) F(X509_NAME_ENTRY_get_data) \
    F(i2d_X509) F(i2d_X509_bio) F(d2i_X509_bio) F(PEM_read_bio_X509) F(PEM_read_bio_X509_AUX) F(PEM_write_bio_X509) F(PEM_write_bio_X509_AUX) F(PEM_read_bio_DHparams) F(DH_free) \
    F(EC_KEY_new_by_curve_name) F(EC_KEY_free) \
    F(X509_STORE_add_cert) F(X509_STORE_get0_objects) F(X509_STORE_get0_param) F(X509_STORE_set_flags) F(X509_OBJECT_get_type) F(X509_OBJECT_get0_X509) \
    F(X509_VERIFY_PARAM_set_flags) F(X509_VERIFY_PARAM_clear_flags) F(X509_VERIFY_PARAM_get_flags) F(X509_VERIFY_PARAM_set_hostflags) \
    F(X509_VERIFY_PARAM_set1_host) F(X509_VERIFY_PARAM_set1_ip) F(X509_verify_cert_error_string) \
    F(X509_get_default_cert_file_env) F(X509_get_default_cert_file) F(X509_get_default_cert_dir_env) F(X509_get_default_cert_dir)

/// Functions of libssl.
#define OPENSSL_SSL_FUNCTIONS(F) \
    F(OPENSSL_init_ssl) F(TLS_method) F(TLS_client_method) F(TLS_server_method) F(TLSv1_method) F(TLSv1_1_method) F(TLSv1_2_method) \
    F(SSL_CTX_new) F(SSL_CTX_free) F(SSL_CTX_up_ref) F(SSL_CTX_ctrl) F(SSL_CTX_callback_ctrl) F(SSL_CTX_get_options) F(SSL_CTX_set_options) F(SSL_CTX_clear_options) \
    F(SSL_CTX_set_verify) F(SSL_CTX_get_verify_mode) F(SSL_CTX_get_verify_callback) F(SSL_CTX_get0_param) F(SSL_CTX_set_session_id_context) F(SSL_CTX_set_cipher_list) \
    F(SSL_CTX_get_cert_store) F(SSL_CTX_load_verify_locations) F(SSL_CTX_set_default_verify_paths) F(SSL_CTX_use_certificate_chain_file) F(SSL_CTX_use_PrivateKey_file) \
    F(SSL_CTX_check_private_key) F(SSL_CTX_set_default_passwd_cb) F(SSL_CTX_set_default_passwd_cb_userdata) F(SSL_CTX_set_msg_callback) F(SSL_CTX_set_keylog_callback) \
    F(SSL_CTX_set_alpn_protos) F(SSL_CTX_set_alpn_select_cb) F(SSL_select_next_proto) F(SSL_CTX_get_num_tickets) F(SSL_CTX_set_num_tickets) F(SSL_CTX_get_security_level) \
    F(SSL_CTX_set_post_handshake_auth) F(SSL_CTX_set_ex_data) F(SSL_CTX_get_ex_data) F(SSL_CTX_set_timeout) \
    F(SSL_new) F(SSL_free) F(SSL_ctrl) F(SSL_set_ex_data) F(SSL_get_ex_data) F(SSL_get_SSL_CTX) F(SSL_set_SSL_CTX) F(SSL_set_bio) F(SSL_get0_param) F(SSL_set_connect_state) F(SSL_set_accept_state) \
    F(SSL_do_handshake) F(SSL_read_ex) F(SSL_write_ex) F(SSL_pending) F(SSL_shutdown) F(SSL_get_shutdown) F(SSL_get_error) F(SSL_set_read_ahead) F(SSL_is_init_finished) F(SSL_in_init) \
    F(SSL_set_msg_callback) F(SSL_get_verify_result) F(SSL_get_verify_mode) F(SSL_get_verify_callback) F(SSL_set_verify) F(SSL_set_post_handshake_auth) F(SSL_verify_client_post_handshake) \
    F(SSL_get1_peer_certificate) F(SSL_get_peer_cert_chain) F(SSL_get0_verified_chain) F(SSL_get_current_cipher) F(SSL_get_ciphers) F(SSL_get_version) \
    F(SSL_get0_alpn_selected) F(SSL_get_servername) F(SSL_get_finished) F(SSL_get_peer_finished) F(SSL_session_reused) F(SSL_get_session) F(SSL_set_session) \
    F(SSL_CIPHER_get_name) F(SSL_CIPHER_get_version) F(SSL_CIPHER_get_bits) F(SSL_CIPHER_get_id) F(SSL_CIPHER_description) F(SSL_CIPHER_is_aead) F(SSL_CIPHER_get_cipher_nid) \
    F(SSL_CIPHER_get_digest_nid) F(SSL_CIPHER_get_kx_nid) F(SSL_CIPHER_get_auth_nid) \
    F(SSL_SESSION_dup) F(SSL_SESSION_free) F(SSL_SESSION_get_id) F(SSL_SESSION_get_time) F(SSL_SESSION_get_timeout) F(SSL_SESSION_has_ticket) F(SSL_SESSION_get_ticket_lifetime_hint) \
    F(SSL_SESSION_get_master_key)

typedef struct {
#define OPENSSL_FIELD(name) __typeof__(&name) _Nonnull name;
    OPENSSL_CRYPTO_FUNCTIONS(OPENSSL_FIELD)
    OPENSSL_SSL_FUNCTIONS(OPENSSL_FIELD)
#undef OPENSSL_FIELD
} OpenSSLFunctions;

/// The functions; valid once ladon_load_openssl has answered NULL.
extern OpenSSLFunctions openssl;

/// Loads the libraries, once. NULL, or why they could not be loaded. May be called by several threads.
const char *_Nullable ladon_load_openssl(void);

/// The module's integer constants.
typedef struct {
    const char *_Nullable name;
    long long value;
} LadonSSLConstant;
/// The constant at an index; a NULL name ends the table.
LadonSSLConstant ladon_ssl_constant(int index);
/// Libraries of error codes: their numbers and names, likewise.
LadonSSLConstant ladon_ssl_library(int index);
/// What OP_ALL and the other options of a new context are.
extern const unsigned long long ladon_ssl_default_options;
/// How a certificate's subject is printed: as RFC 2253 says.
extern const unsigned long ladon_ssl_name_flags;
/// Options that switch off versions, which are deprecated.
extern const unsigned long long ladon_ssl_version_options;

// MARK: a socket that never waits

/// The data of a socket BIO.
typedef struct {
    int fd;
    /// The errno of the last call that failed for another reason than having to wait; 0 after one that worked.
    int failure;
    int isAtEnd;
} LadonSocketState;

/// A BIO that receives and sends without waiting, whatever the descriptor's own mode is (who uses it waits
/// while nothing is locked), and never by SIGPIPE. The BIO owns its state, not the descriptor.
BIO *_Nullable ladon_socket_bio(int fd);
LadonSocketState *_Nonnull ladon_socket_state(BIO *_Nonnull bio);

// MARK: what belongs to a context

/// Lies behind the context's application data; freed by its owner after the context.
typedef struct {
    /// The protocols a server or client offers: four bytes of length, then the wire format. Replaced as one word, never changed.
    const unsigned char *_Nullable alpn;
    /// Where secrets are logged; -1: never yet. Set once; another file takes the place of the first under the same number, since a
    /// handshake in another thread may be about to write to it.
    int keylog;
} LadonContextData;

LadonContextData *_Nonnull ladon_context_data(SSL_CTX *_Nonnull context);
/// Choose the first of the client's protocols that the server has.
void ladon_use_alpn_selection(SSL_CTX *_Nonnull context);
/// Secrets are logged to the context's `keylog` from now on. For ever: OpenSSL looks twice at whether there is a callback, and calls it.
void ladon_use_keylog(SSL_CTX *_Nonnull context);
/// The Swift functions behind server names and protocol messages (function types that Swift cannot name through SSL_CTX_callback_ctrl).
void ladon_set_servername_callback(SSL_CTX *_Nonnull context, int (*_Nullable callback)(SSL *_Nullable, int *_Nullable, void *_Nullable));

#endif
