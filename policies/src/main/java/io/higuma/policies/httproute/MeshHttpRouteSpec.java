package io.higuma.policies.httproute;

import io.higuma.model.Spec;
import io.higuma.model.annotation.Default;
import io.higuma.model.annotation.Doc;
import io.higuma.model.annotation.Form;
import io.higuma.model.annotation.JsonName;
import io.higuma.model.annotation.OneOf;
import io.higuma.model.annotation.Range;
import io.higuma.model.annotation.Required;
import io.higuma.model.core.IntOrString;
import io.higuma.model.target.RouteBackendRef;
import io.higuma.model.target.ToTargetRef;
import io.higuma.model.target.TopTargetRef;
import io.higuma.policy.Mergeable;
import java.util.List;
import java.util.Optional;

/// Where requests go (contract 1.7).
@Doc("Where requests to a service go, and what happens to them on the way.")
public record MeshHttpRouteSpec(
        @Doc("The proxies it is for; all of the mesh when absent.")
        Optional<TopTargetRef> targetRef,

        @Doc("The destinations whose requests are routed.") Optional<List<To>> to)
        implements Spec {

    static final String HEADER_NAME = "^[a-z0-9!#$%&'*+\\-.^_\\x60|~]+$";
    static final String HOST = "^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$";

    public MeshHttpRouteSpec {
        to = to.map(List::copyOf);
    }

    /// The destinations; none is the same as no list.
    List<To> destinations() {
        return to.orElse(List.of());
    }

    public record To(
            @Required @Doc("The destination.") ToTargetRef targetRef,
            @Doc("Only for gateways.") List<String> hostnames,

            @Required @Doc("The rules; the most specific match counts.")
            List<Rule> rules) {
        public To {
            hostnames = List.copyOf(hostnames);
            rules = List.copyOf(rules);
        }
    }

    /// What several items come to.
    public record Rules(@Required @Doc("The rules.") List<Rule> rules) {
        public Rules {
            rules = List.copyOf(rules);
        }
    }

    public record Rule(
            @Required @Range(min = 1) @Doc("One of them must match.")
            List<Match> matches,

            @Required @JsonName("default") @Doc("What happens to a request that matches.")
            Conf conf) {
        public Rule {
            matches = List.copyOf(matches);
        }
    }

    public record Match(
            @Doc("The path; any when absent.") Optional<PathMatch> path,
            @Doc("The method; any when absent.") Optional<Method> method,
            @Doc("Headers, all of which must match.") List<HeaderMatch> headers,

            @Doc("Query parameters, all of which must match.")
            List<QueryMatch> queryParams) {
        public Match {
            headers = List.copyOf(headers);
            queryParams = List.copyOf(queryParams);
        }
    }

    public record PathMatch(
            @Required @Range(min = 1) @Doc("The path, prefix or expression.")
            String value,

            @Required @Doc("Exact, PathPrefix (whole segments) or RegularExpression (RE2, the whole path).")
            PathType type) {}

    public enum PathType {
        @JsonName("Exact")
        EXACT,
        @JsonName("PathPrefix")
        PREFIX,
        @JsonName("RegularExpression")
        REGEX
    }

    public enum Method {
        CONNECT,
        DELETE,
        GET,
        HEAD,
        OPTIONS,
        PATCH,
        POST,
        PUT,
        TRACE
    }

    public record HeaderMatch(
            @Required @Range(min = 1, max = 256) @Form(HEADER_NAME) @Doc("Name in lower case.")
            String name,

            @Default("Exact") @Doc("How it is compared.") HeaderType type,
            @Doc("What it is compared with.") Optional<String> value) {}

    public enum HeaderType {
        @JsonName("Exact")
        EXACT,
        @JsonName("Present")
        PRESENT,
        @JsonName("RegularExpression")
        REGEX,
        @JsonName("Absent")
        ABSENT,
        @JsonName("Prefix")
        PREFIX
    }

    public record QueryMatch(
            @Required @Doc("Exact or RegularExpression (RE2, the whole value).")
            QueryType type,

            @Required @Range(min = 1) @Doc("Name of the parameter.")
            String name,

            @Required @Doc("What it is compared with.") String value) {}

    public enum QueryType {
        @JsonName("Exact")
        EXACT,
        @JsonName("RegularExpression")
        REGEX
    }

    public record Conf(
            @Doc("What happens to the request and its answer.")
            Optional<List<Filter>> filters,

            @Doc("Where the request goes; to the destination itself when absent or empty.")
            Optional<List<RouteBackendRef>> backendRefs)
            implements Mergeable<Conf> {

        public Conf {
            filters = filters.map(List::copyOf);
            backendRefs = backendRefs.map(List::copyOf);
        }

        @Override
        public Conf overriddenBy(Conf other) {
            return new Conf(other.filters.or(() -> filters), other.backendRefs.or(() -> backendRefs));
        }

        List<Filter> allFilters() {
            return filters.orElse(List.of());
        }

        List<RouteBackendRef> allBackends() {
            return backendRefs.orElse(List.of());
        }
    }

    public record Filter(
            @Required @Doc("Which of the other fields is meant.")
            FilterType type,

            @Doc("Changes headers of the request.") Optional<HeaderModifier> requestHeaderModifier,

            @Doc("Changes headers of the answer.") Optional<HeaderModifier> responseHeaderModifier,

            @Doc("Answers with a redirect; no backend is asked.")
            Optional<Redirect> requestRedirect,

            @Doc("Changes path and host of the request.") Optional<UrlRewrite> urlRewrite,

            @Doc("Sends a copy of the request, whose answer is dropped.")
            Optional<Mirror> requestMirror) {}

    public enum FilterType {
        @JsonName("RequestHeaderModifier")
        REQUEST_HEADER_MODIFIER,
        @JsonName("ResponseHeaderModifier")
        RESPONSE_HEADER_MODIFIER,
        @JsonName("RequestRedirect")
        REQUEST_REDIRECT,
        @JsonName("URLRewrite")
        URL_REWRITE,
        @JsonName("RequestMirror")
        REQUEST_MIRROR
    }

    public record HeaderModifier(
            @Range(max = 16) @Doc("Headers that replace what is there.")
            List<HeaderValue> set,

            @Range(max = 16) @Doc("Headers that are added to what is there.")
            List<HeaderValue> add,

            @Range(max = 16) @Form(HEADER_NAME) @Doc("Headers that are taken away.")
            List<String> remove) {
        public HeaderModifier {
            set = List.copyOf(set);
            add = List.copyOf(add);
            remove = List.copyOf(remove);
        }
    }

    public record HeaderValue(
            @Required @Range(min = 1, max = 256) @Form(HEADER_NAME) @Doc("Name in lower case.")
            String name,

            @Required @Doc("The value.") String value) {}

    public record Redirect(
            @Doc("http or https; that of the request when absent.")
            Optional<Scheme> scheme,

            @Range(min = 1, max = 253) @Form(HOST) @Doc("The host; that of the request when absent.")
            Optional<String> hostname,

            @Doc("The path; that of the request when absent.")
            Optional<NewPath> path,

            @Range(min = 1, max = 65535) @Doc("The port; that of the scheme when absent.")
            Optional<Integer> port,

            @Default("302") @OneOf({301, 302, 303, 307, 308}) @Doc("Status of the answer.")
            int statusCode) {}

    public enum Scheme {
        @JsonName("http")
        HTTP,
        @JsonName("https")
        HTTPS
    }

    public record NewPath(
            @Required @Doc("Which of the other fields is meant.")
            NewPathType type,

            @Doc("The new path.") Optional<String> replaceFullPath,

            @Doc("What stands in place of the prefix that matched; slashes are kept right.")
            Optional<String> replacePrefixMatch) {}

    public enum NewPathType {
        @JsonName("ReplaceFullPath")
        FULL,
        @JsonName("ReplacePrefixMatch")
        PREFIX
    }

    public record UrlRewrite(
            @Range(min = 1, max = 253) @Form(HOST) @Doc("The new host.")
            Optional<String> hostname,

            @Doc("Only for gateways.") Optional<Boolean> hostToBackendHostname,
            @Doc("The new path.") Optional<NewPath> path) {}

    public record Mirror(
            @Required @Doc("Where the copy goes.") RouteBackendRef backendRef,

            @Doc("How many of a hundred requests are copied; all when absent.")
            Optional<IntOrString> percentage) {}
}
