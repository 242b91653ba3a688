package io.higuma.envoy.build;

import com.google.protobuf.Any;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.SubstitutionFormatString;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.extensions.filters.common.set_filter_state.v3.FilterStateValue;
import io.envoyproxy.envoy.extensions.filters.network.set_filter_state.v3.Config;
import io.envoyproxy.envoy.type.matcher.v3.FilterStateMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.higuma.model.target.Match;
import java.util.ArrayList;
import java.util.List;

/// Lets routes depend on the caller: its identity and server name are put into the connection's
/// filter state, where a route's match finds them (`reference/dataplane.md` 5.10).
final class CallerState {

    private static final String SPIFFE_ID = "kuma.mesh_timeout.match.spiffe_id";
    private static final String SNI = "kuma.mesh_timeout.match.sni";

    private CallerState() {}

    static Filter filter() {
        Any config = Protos.pack(Config.newBuilder()
                .addOnNewConnection(value(SPIFFE_ID, "%DOWNSTREAM_PEER_URI_SAN%"))
                .addOnNewConnection(value(SNI, "%REQUESTED_SERVER_NAME%"))
                .build());
        return Filter.newBuilder()
                .setName("envoy.filters.network.set_filter_state")
                .setTypedConfig(config)
                .build();
    }

    private static FilterStateValue value(String key, String format) {
        return FilterStateValue.newBuilder()
                .setObjectKey(key)
                .setFactoryKey("envoy.string")
                .setFormatString(SubstitutionFormatString.newBuilder()
                        .setTextFormatSource(DataSource.newBuilder().setInlineString(format)))
                .setReadOnly(true)
                .setSkipIfEmpty(true)
                .build();
    }

    static List<FilterStateMatcher> matchers(Match match) {
        List<FilterStateMatcher> matchers = new ArrayList<>();
        match.spiffeID().ifPresent(id -> {
            StringMatcher.Builder text = StringMatcher.newBuilder();
            matchers.add(FilterStateMatcher.newBuilder()
                    .setKey(SPIFFE_ID)
                    .setStringMatch(
                            id.type() == Match.SpiffeIdMatchType.EXACT
                                    ? text.setExact(id.value())
                                    : text.setPrefix(id.value()))
                    .build());
        });
        match.sni()
                .ifPresent(sni -> matchers.add(FilterStateMatcher.newBuilder()
                        .setKey(SNI)
                        .setStringMatch(StringMatcher.newBuilder().setExact(sni.value()))
                        .build()));
        return matchers;
    }
}
