// Directives that become nothing in the document, and why: some have no bearing, of some the lack is felt, of some it matters who is let in
// and what is answered. Whatever is in no list and is not translated is refused as unknown.

interface Kinds {
  readonly [name: string]: string;
}

const forEach = (names: string, reason: string): Kinds => Object.fromEntries(names.split(' ').map((name) => [name, reason]));

/** They change neither where requests go nor what is answered. */
export const unneeded: Kinds = {
  ...forEach('user', 'Evenkeel runs as the user who starts it'),
  ...forEach('pid daemon master_process lock_file', 'Evenkeel runs in the foreground, for a service manager to keep'),
  ...forEach(
    'worker_connections worker_rlimit_nofile multi_accept use accept_mutex accept_mutex_delay events',
    'workers of Evenkeel share connections by the kernel; limits.connections of a listener bounds them',
  ),
  ...forEach(
    'worker_cpu_affinity worker_priority worker_rlimit_core worker_aio_requests working_directory timer_resolution thread_pool pcre_jit env epoll_events debug_points debug_connection google_perftools_profiles ssl_engine mgmt',
    'a setting of nginx as a process',
  ),
  ...forEach(
    'sendfile sendfile_max_chunk tcp_nopush tcp_nodelay aio directio directio_alignment output_buffers postpone_output aio_write',
    'about how nginx writes files and sockets; Evenkeel passes bytes on as they come',
  ),
  ...forEach(
    'types types_hash_max_size types_hash_bucket_size variables_hash_max_size variables_hash_bucket_size server_names_hash_max_size server_names_hash_bucket_size proxy_headers_hash_max_size proxy_headers_hash_bucket_size map_hash_max_size map_hash_bucket_size referer_hash_max_size referer_hash_bucket_size',
    'about types of files and tables of nginx; endpoints say themselves what they send',
  ),
  ...forEach(
    'log_format log_not_found log_subrequest open_log_file_cache rewrite_log uninitialized_variable_warn session_log_format session_log_zone',
    'about the form of logs',
  ),
  ...forEach(
    'open_file_cache open_file_cache_valid open_file_cache_min_uses open_file_cache_errors open_file_cache_events index autoindex autoindex_exact_size autoindex_format autoindex_localtime etag if_modified_since disable_symlinks dav_access create_full_put_path min_delete_depth',
    'about files, and Evenkeel serves none',
  ),
  ...forEach('server_tokens', 'answers of Evenkeel do not name its version'),
  ...forEach(
    'proxy_buffer_size proxy_buffers proxy_busy_buffers_size proxy_buffering proxy_max_temp_file_size proxy_temp_file_write_size proxy_temp_path proxy_limit_rate_after',
    'Evenkeel passes answers on as they come, in bounded memory and never by a disk',
  ),
  ...forEach('proxy_http_version proxy_socket_keepalive proxy_send_lowat', 'Evenkeel speaks HTTP/1.1 to endpoints over kept connections'),
  ...forEach(
    'client_body_buffer_size client_body_temp_path client_body_in_file_only client_body_in_single_buffer client_header_buffer_size connection_pool_size request_pool_size subrequest_output_buffer_size read_ahead',
    'about buffers of nginx',
  ),
  ...forEach(
    'lingering_close lingering_time lingering_timeout reset_timedout_connection keepalive_disable send_lowat keepalive_time',
    'about how nginx ends connections',
  ),
  ...forEach(
    'gzip_vary gzip_proxied gzip_comp_level gzip_buffers gzip_http_version gzip_types gzip_min_length gzip_disable gzip_static gzip_hash gzip_no_buffer gzip_window postpone_gzipping gunzip gunzip_buffers',
    'about compression, see gzip',
  ),
  ...forEach(
    'ssl_certificate ssl_certificate_key ssl_session_cache ssl_session_timeout ssl_session_tickets ssl_protocols ssl_ciphers ssl_prefer_server_ciphers ssl_dhparam ssl_ecdh_curve ssl_stapling ssl_stapling_verify ssl_trusted_certificate ssl_session_ticket_key ssl_buffer_size ssl_conf_command ssl_early_data ssl_password_file',
    'about TLS: told where a server listens with it',
  ),
  ...forEach(
    'recursive_error_pages msie_padding msie_refresh chunked_transfer_encoding max_ranges default_type port_in_redirect server_name_in_redirect absolute_redirect',
    'has its effect on what else is translated, if any',
  ),
  ...forEach('upstream_conf status_zone', 'a figure or detail of nginx'),
  ...forEach(
    'proxy_ignore_headers proxy_store_access proxy_cache_convert_head proxy_cache_lock_age proxy_cache_max_range_offset proxy_cache_lock proxy_cache_lock_timeout proxy_cache_methods proxy_cache_min_uses proxy_cache_revalidate proxy_cache_use_stale proxy_cache_valid proxy_cache_key proxy_cache_bypass proxy_no_cache proxy_cache_background_update',
    'about caching, see proxy_cache',
  ),
  ...forEach('resolver_timeout', 'about looking names up; discover.timeout is 5 s'),
  ...forEach(
    'limit_req_status limit_req_log_level limit_req_dry_run limit_conn_status limit_conn_log_level limit_conn_dry_run limit_req_zone limit_conn_zone limit_zone',
    'about limits, see limit_req and limit_conn',
  ),
  ...forEach(
    'satisfy auth_delay auth_jwt_claim_set auth_jwt_header_set auth_jwt_key_cache auth_jwt_key_request auth_jwt_leeway auth_jwt_type oidc_provider',
    'about access, see allow, deny and auth_basic',
  ),
  ...forEach('match', 'about health_check, see there'),
  ...forEach('mirror_request_body', 'about copies, see mirror'),
  ...forEach('proxy_pass_trailers', 'trailers of endpoints go on to clients'),
  ...forEach('proxy_request_dynamic', 'each try writes its request anew'),
  ...forEach(
    'proxy_ssl_name proxy_ssl_server_name proxy_ssl_verify proxy_ssl_verify_depth proxy_ssl_protocols proxy_ssl_ciphers proxy_ssl_session_reuse proxy_ssl_trusted_certificate proxy_ssl_certificate proxy_ssl_certificate_key',
    'about TLS to endpoints: told where proxy_pass asks for it',
  ),
};

/** Their lack is felt, and nobody is let in or answered otherwise because of it. */
export const felt: Kinds = {
  ...forEach('access_log', 'Evenkeel writes no access log yet; its figures are at /metrics of the admin server'),
  ...forEach('error_log', 'Evenkeel writes its log to standard output and standard error'),
  ...forEach('gzip brotli', 'Evenkeel does not compress answers; endpoints may'),
  ...forEach('http2 http3', 'clients are spoken to in HTTP/1.1'),
  ...forEach('proxy_cache proxy_cache_path proxy_store slice', 'Evenkeel caches nothing: each request goes to an endpoint'),
  ...forEach('charset override_charset charset_map charset_types source_charset', 'types of answers go on as endpoints write them'),
  ...forEach('userid', 'Evenkeel gives clients no cookie to count them by'),
  ...forEach('session_log', 'Evenkeel writes no access log yet; its figures are at /metrics of the admin server'),
  ...forEach('otel_trace', 'Evenkeel sends no traces yet'),
  ...forEach('max_headers', 'limits.fields of the listener bounds the fields of a head'),
  ...forEach('early_hints', 'interim answers go on to clients as endpoints send them'),
  ...forEach(
    'proxy_request_buffering',
    'Evenkeel passes bodies of requests on as they come; only up to retry.body is kept to be sent again',
  ),
  ...forEach('proxy_ignore_client_abort', 'when a client leaves, its request to the endpoint is ended'),
  ...forEach('resolver', 'the system resolves names of endpoints, whenever a connection is made'),
  ...forEach('proxy_intercept_errors', 'answers of endpoints are passed on as they are'),
  ...forEach('load_module', 'Evenkeel has no modules of nginx; what needs one is told where it stands'),
  ...forEach('limit_rate limit_rate_after proxy_limit_rate', 'answers are not slowed down'),
  ...forEach('proxy_bind', 'the system chooses the address that connections to endpoints come from'),
  ...forEach('proxy_force_ranges expires', 'Evenkeel leaves answers of endpoints as they are'),
  ...forEach('ignore_invalid_headers', 'what is ambiguous in a head is refused, never left out'),
  ...forEach('underscores_in_headers', 'fields with an underscore in their name go on, as with `on`'),
};

/** Who is let in, or what is answered, would be another without them: the block that they hold for is not served. */
export const guards: Kinds = {
  ...forEach(
    'auth_basic auth_request auth_jwt auth_jwt_require auth_oidc auth_basic_user_file auth_request_set auth_jwt_key_file',
    'Evenkeel asks nobody who they are yet',
  ),
  ...forEach('limit_req limit_conn', 'Evenkeel has no limits of rates yet'),
  ...forEach('ssl_verify_client ssl_client_certificate ssl_crl ssl_verify_depth', 'certificates of clients are not checked yet'),
  ...forEach('internal', 'Evenkeel has no requests of its own that such a location could be for'),
  ...forEach('valid_referers secure_link secure_link_md5 secure_link_secret', 'who came from where is not judged'),
  ...forEach('limit_except', 'methods are not shut out by it yet'),
  ...forEach('js_access access_by_lua_block access_by_lua_file', 'programs of nginx are not run'),
  ...forEach('proxy_allow_upstream', 'addresses of endpoints are not judged when a request comes'),
  ...forEach('ssl', 'TLS to clients is not built yet'),
};

/** Other ways of answering than proxy_pass and return. */
export const otherHandlers: Kinds = {
  ...forEach('root alias try_files', 'Evenkeel serves no files; put a file server behind it as a pool'),
  ...forEach('fastcgi_pass uwsgi_pass scgi_pass grpc_pass memcached_pass', 'Evenkeel speaks HTTP/1.1 to endpoints'),
  ...forEach(
    'stub_status status status_format api empty_gif flv mp4 hls f4f internal_redirect tunnel_pass random_index dav_methods image_filter perl js_content content_by_lua_block content_by_lua_file',
    'a page or a program of nginx',
  ),
  ...forEach('proxy_cache_purge', 'Evenkeel caches nothing'),
};

/** Refused, and the block around them is served without them. */
export const refusedKinds: Kinds = {
  ...forEach('stream mail', 'Evenkeel balances HTTP; TCP, UDP and mail are not built yet'),
  ...forEach('error_page', 'errors are answered by Evenkeel with their reason, or by `lastResort` of a pool; other pages cannot be set'),
  ...forEach('sub_filter add_before_body add_after_body ssi xslt_stylesheet', 'Evenkeel does not change bodies'),
  ...forEach('js_filter js_header_filter js_body_filter', 'programs of nginx are not run'),
  ...forEach(
    'split_clients geo geoip_country geoip_city geoip_org geoip_proxy geoip_proxy_recursive perl_modules perl_require perl_set js_import js_include js_path js_set js_var js_preload_object js_shared_dict_zone js_periodic keyval keyval_zone num_map ancient_browser ancient_browser_value modern_browser modern_browser_value lua_package_path',
    'variables made by nginx are not known',
  ),
  ...forEach('add_trailer', 'trailers are not added to answers'),
  ...forEach('add_header_inherit add_trailer_inherit', 'headers are taken from the innermost block that has any'),
  ...forEach('break', 'what stands behind it in the block is not left out'),
  ...forEach('post_action', 'Evenkeel makes no requests of its own'),
  ...forEach('proxy_cookie_path proxy_cookie_domain proxy_cookie_flags', 'Evenkeel does not change cookies of endpoints'),
  ...forEach(
    'proxy_method proxy_set_body proxy_pass_request_headers proxy_pass_request_body',
    'requests go on with their own method and body',
  ),
  ...forEach('health_check', 'give the pool `health: { http: /path }` in the document; the commercial nginx has other parameters'),
  ...forEach('mirror', 'give the route `mirror` in the document'),
  ...forEach('ntlm', 'connections are not bound to clients'),
};

/** What belongs to something that is spoken of where it is asked for. */
export const families: readonly (readonly [names: RegExp, reason: string])[] = [
  [/^(?:fastcgi|uwsgi|scgi|grpc|memcached|ssl|proxy_ssl|acme)_/, 'about a protocol that is told of where it is asked for'],
  [/^(?:http2|http3|quic)_/, 'about HTTP/2 and HTTP/3, which clients are not spoken to in'],
  [
    /^(?:ssi|sub_filter|addition|xslt|xml|image_filter|mp4|hls|f4f)_/,
    'about bodies that nginx makes or changes, told of where that is asked for',
  ],
  [/^(?:userid|otel|js_fetch)_/, 'a detail of what is told of where it is asked for'],
];
